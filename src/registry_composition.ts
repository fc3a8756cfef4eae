import { type ClusterMetrics, createClusterMetrics } from "./cluster/cluster_metrics.ts";
import type { Config } from "./config.ts";
import type { CounterFamily } from "./metrics/counter.ts";
import { errorText } from "./io/error_text.ts";
import { Registry } from "./metrics/registry.ts";
import { createRegistryMetrics } from "./metrics/registry_metrics.ts";
import type { Platform } from "./platform.ts";

/** The registry of a node, and what the cluster tells of itself in it. */
export interface ComposedRegistry {
  readonly registry: Registry;
  readonly metrics: ClusterMetrics;
}

/** Makes the registry of a node, which counts what it has no room for and what it could not collect. */
export function composeRegistry(
  config: Config,
  { clock, log }: Pick<Platform, "clock" | "log">,
): ComposedRegistry {
  // The first of a family is told; the metric counts the rest.
  const count = (counter: CounterFamily<"family">, family: string, tell: () => void) => {
    const series = counter.labels({ family });
    if (series.value === 0) tell();
    series.inc();
  };
  const registry = new Registry({
    seriesPerFamilyMax: config.seriesPerFamilyMax,
    cellsMax: config.cellsMax,
    ...config.metricChanges,
    wallMs: () => clock.wallMs(),
    nowMs: () => clock.nowMs(),
    onOverflow: (family) =>
      count(metrics.overflows, family, () => {
        const sentence = `The family "${family}" has used up its budget of series: further label ` +
          `sets are counted in its overflow series.`;
        log.log("warning", sentence, { family });
      }),
    onCollectError: (family, error) =>
      count(collectErrors, family, () => {
        const sentence = `The family "${family}" is hidden until its collect works again.`;
        log.log("warning", sentence, { family, error: errorText(error) });
      }),
  });
  // Switched off, nothing of ours is collected either.
  const measured = config.metricsEnabled ? registry : new Registry();
  const metrics = createClusterMetrics(measured);
  const { collectErrors } = createRegistryMetrics(measured);
  return { registry, metrics };
}
