import type { CounterFamily } from "../metrics/counter.ts";
import type { GaugeFamily } from "../metrics/gauge.ts";
import type { Registry } from "../metrics/registry.ts";

/** What sources say of themselves. */
export interface SourceMetrics {
  readonly up: GaugeFamily<"source">;
  readonly failures: CounterFamily<"source">;
  readonly duration: GaugeFamily<"source">;
  readonly samples: GaugeFamily<"source">;
  readonly problems: GaugeFamily<"source">;
}

/** Registers the metrics of all sources of a node. */
export function createSourceMetrics(registry: Registry): SourceMetrics {
  return {
    up: registry.gauge({
      name: "muster_source_up",
      help: "Whether the last poll of a foreign registry or exporter succeeded.",
      labels: ["source"],
    }),
    failures: registry.counter({
      name: "muster_source_failures_total",
      help: "Polls of a foreign registry or exporter that failed.",
      labels: ["source"],
    }),
    duration: registry.gauge({
      name: "muster_source_duration_seconds",
      help: "How long the last poll of a foreign registry or exporter took, in seconds.",
      unit: "seconds",
      labels: ["source"],
    }),
    samples: registry.gauge({
      name: "muster_source_samples",
      help: "Samples in the last exposition of a foreign registry or exporter that could be read.",
      labels: ["source"],
    }),
    problems: registry.gauge({
      name: "muster_source_problems",
      help: "Parts of that exposition that could not be taken over; the log says which and why.",
      labels: ["source"],
    }),
  };
}
