import type { Plugin, PluginOptions } from "./plugin.ts";

/**
 * Throws where the options name what the plugin does not have.
 *
 * @throws {TypeError} with a sentence that lists what it has.
 */
export function checkChoices(plugin: Plugin, options: PluginOptions): void {
  const metrics = Object.entries(plugin.metrics);
  const groups = [...new Set(metrics.map(([, { group }]) => group))];
  const histograms = metrics.filter(([, { kind }]) => kind === "histogram").map(([name]) => name);
  const check = (option: string, names: readonly string[], known: readonly string[]) => {
    const unknown = names.find((name) => !known.includes(name));
    if (unknown === undefined) return;
    throw new TypeError(
      `Cannot install the plugin "${plugin.name}": ${option} must name ${known.join(", ")}: ` +
        `received ${JSON.stringify(unknown)}`,
    );
  };
  check("dropMetricsGroups", options.dropMetricsGroups, groups);
  check("buckets", Object.keys(options.buckets), histograms);
}
