import type { CounterFamily } from "./counter.ts";
import type { Registry } from "./registry.ts";

/** What a registry tells of itself. */
export interface RegistryMetrics {
  /** How often setting a metric right before it was published failed. */
  readonly collectErrors: CounterFamily<"family">;
}

/** Registers what a registry tells of itself, the sizes of its families among it. */
export function createRegistryMetrics(registry: Registry): RegistryMetrics {
  registry.gauge({
    name: "muster_series",
    help: "Series of each family with labels, removed ones included.",
    labels: ["family"],
    collect: (gauge) => {
      for (const { family, series } of registry.seriesCounts()) gauge.set({ family }, series);
    },
  });
  const withRemoved = new Set<string>();
  registry.gauge({
    name: "muster_series_removed",
    help:
      "Series of each family that were removed: hidden, they keep their totals and their places.",
    labels: ["family"],
    collect: (gauge) => {
      for (const { family, removed } of registry.seriesCounts()) {
        if (removed > 0) withRemoved.add(family);
        if (withRemoved.has(family)) gauge.set({ family }, removed);
      }
    },
  });
  return {
    collectErrors: registry.counter({
      name: "muster_collect_errors_total",
      help: "Failures of what sets a metric right before it is published; it is hidden meanwhile.",
      labels: ["family"],
    }),
  };
}
