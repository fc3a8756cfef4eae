import { builtInPlugins } from "./built_in_plugins.ts";
import { nearestName } from "./config/nearest_name.ts";
import type { OptionValues } from "./config/options.ts";
import { silentLog } from "./io/log.ts";
import type { Plugin } from "./plugins/plugin.ts";
import { createBus } from "./telemetry/bus.ts";

/** The options that name something of plugins, and what they depend on. */
export type PluginNaming = Pick<
  OptionValues,
  "plugins" | "metricsPrefix" | "dropMetricsGroups" | "buckets"
>;

/** A sentence for each group and metric that an option names, and no chosen plugin has. */
export function unknownPluginNames(values: PluginNaming): string[] {
  const { dropMetricsGroups, buckets } = values;
  const metrics = Object.keys(buckets);
  // Most name none, and need not wait for plugins to be made.
  if (dropMetricsGroups.length + metrics.length === 0) return [];
  const known = chosenPlugins(values).flatMap(({ name, metrics }) =>
    Object.entries(metrics).map(([metric, { group }]) => ({ metric, group: `${name}.${group}` }))
  );
  const groups = new Set(known.map(({ group }) => group));
  const names = new Set(known.map(({ metric }) => metric));
  return [
    ...unknownOf("MUSTER_DROP_METRICS_GROUPS", "a group", dropMetricsGroups, groups),
    ...unknownOf("MUSTER_BUCKETS", "a metric", metrics, names),
  ];
}

/** The plugins as they are before anything is measured: for what they say of themselves. */
function chosenPlugins({ plugins, metricsPrefix: prefix }: PluginNaming): Plugin[] {
  const builtIn = builtInPlugins({
    bus: createBus(silentLog),
    log: silentLog,
    clock: { nowMs: () => 0, wallMs: () => 0, after: () => () => {} },
    facts: { versions: { deno: "", v8: "", typescript: "" }, startedAtMs: 0 },
    application: {},
    gitSha: undefined,
    gitAuthor: undefined,
    prefix,
  });
  return plugins.map((name) => builtIn[name]());
}

function unknownOf(
  option: string,
  what: string,
  given: readonly string[],
  known: ReadonlySet<string>,
): string[] {
  return given.filter((name) => !known.has(name)).map((name) => {
    const nearest = nearestName(name, known);
    return `Cannot use ${option}: it must name ${what} of a plugin that MUSTER_PLUGINS chooses: ` +
      `received ${JSON.stringify(name)}` +
      (nearest === undefined ? "." : `: did you mean ${nearest}?`);
  });
}
