import type { CounterFamily } from "../metrics/counter.ts";
import type { Registry } from "../metrics/registry.ts";
import type { Bus } from "../telemetry/bus.ts";

/** What plugins say of themselves. */
export interface PluginMetrics {
  readonly polls: CounterFamily<"poll" | "outcome">;
  readonly unusable: CounterFamily<"metric" | "measurement">;
}

/** Registers the metrics of all plugins of a node. */
export function createPluginMetrics(registry: Registry, bus: Bus): PluginMetrics {
  registry.counter({
    name: "muster_telemetry_handler_failures_total",
    help: "Handlers of events that failed and are detached for good; the log says which and why.",
    collect: (counter) => counter.inc(bus.handlerFailures - counter.value),
  });
  return {
    polls: registry.counter({
      name: "muster_polls_total",
      help: "Turns of polls: ok, failed, or skipped while the turn before was still running.",
      labels: ["poll", "outcome"],
    }),
    unusable: registry.counter({
      name: "muster_unusable_measurements_total",
      help: "Numbers of events that no metric could take, such as NaN or a negative duration.",
      labels: ["metric", "measurement"],
    }),
  };
}
