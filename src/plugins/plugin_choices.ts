import type { Plugin, PluginOptions } from "./plugin.ts";

const PREFIX = /^([a-z][a-z0-9_]*)?$/;
const PLAIN_RULES: readonly unknown[] = ["keep", "drop", "hash"];

/**
 * Throws where options are wrong, or name what the plugin does not have.
 *
 * @throws {TypeError} with a sentence that names the option and the rule.
 */
export function checkChoices(plugin: Plugin, options: PluginOptions): void {
  const metrics = Object.entries(plugin.metrics);
  const groups = [...new Set(metrics.map(([, { group }]) => group))];
  const histograms = metrics.filter(([, { kind }]) => kind === "histogram").map(([name]) => name);
  const refuse = (option: string, rule: string, received: unknown): never => {
    throw new TypeError(
      `Cannot install the plugin "${plugin.name}": ${option} must ${rule}: ` +
        `received ${JSON.stringify(received)}`,
    );
  };
  const check = (option: string, names: readonly string[], known: readonly string[]) => {
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined) refuse(option, `name ${known.join(", ")}`, unknown);
  };
  check("dropMetricsGroups", options.dropMetricsGroups, groups);
  check("buckets", Object.keys(options.buckets), histograms);
  const { prefix, pollMs, labelRules } = options;
  if (typeof prefix !== "string" || !PREFIX.test(prefix)) {
    refuse("prefix", "be a word of a-z, 0-9 and _, or empty", prefix);
  }
  if (!(pollMs >= 1 && pollMs < Infinity)) refuse("pollMs", "be at least 1", pollMs);
  for (const [label, rule] of Object.entries(labelRules)) {
    const isRule = typeof rule === "object" ? isCount(rule?.top) : PLAIN_RULES.includes(rule);
    if (isRule) continue;
    refuse(`the rule of ${label}`, "be keep, drop, hash, or a top of at least 1", rule);
  }
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && value as number >= 1;
}
