import type { LabelRule } from "../../plugins/label_rule.ts";
import { bucketLists } from "../bucket_lists.ts";
import { labelRules } from "../label_rules.ts";
import { nearestName } from "../nearest_name.ts";
import type { OptionTable, Parsed } from "../option.ts";
import { textLike, wholeNumber } from "../parsers.ts";

/** The plugins that come with Muster. */
export const PLUGIN_NAMES = [
  "application",
  "deno",
  "http",
  "websocket",
  "live",
  "database",
  "jobs",
  "adapters",
  "validation",
  "mitigation",
  "test_integration",
  "billing",
  "customer_onboarding",
  "rate_limiter",
  "validation_cache",
  "reports",
  "web",
  "patterns",
  "caches",
  "limits",
] as const;

/** The name of a plugin that comes with Muster. */
export type PluginName = (typeof PLUGIN_NAMES)[number];

/** Which plugins measure, and how. `undefined`: not set, and no default of its own. */
export interface PluginsOptions {
  readonly plugins: readonly PluginName[];
  readonly metricsPrefix: string;
  readonly pollMs: number;
  readonly dropMetricsGroups: readonly string[];
  readonly buckets: Readonly<Record<string, readonly number[]>>;
  readonly labelRules: Readonly<Record<string, LabelRule>>;
  readonly labelHashKey: string | undefined;
}

/** A row for each of {@linkcode PluginsOptions}. */
export const PLUGINS_OPTIONS: OptionTable<PluginsOptions> = {
  plugins: {
    env: "MUSTER_PLUGINS",
    parse: pluginList,
    default: PLUGIN_NAMES,
    defaultDoc: "all",
    doc: `Plugins that measure, as a list of ${PLUGIN_NAMES.join(", ")}; or all, or none.`,
  },
  metricsPrefix: {
    env: "MUSTER_METRICS_PREFIX",
    parse: textLike(
      /^[a-z][a-z0-9_]{0,63}$/,
      "a word of at most 64 lower-case letters, digits and underscores",
    ),
    default: "rsolv",
    doc: "Put before the names of the platform's metrics and events; rsolv makes " +
      "rsolv_billing_invoice_paid_total of the event rsolv.billing.invoice_paid.",
  },
  pollMs: {
    env: "MUSTER_POLL_MS",
    parse: wholeNumber(100, 3_600_000),
    default: 10_000,
    doc: "Time from one reading of what plugins poll to the next.",
  },
  dropMetricsGroups: {
    env: "MUSTER_DROP_METRICS_GROUPS",
    parse: groupList,
    default: [],
    defaultDoc: "none",
    doc: "Groups of metrics that are not kept, such as billing.webhooks,web.funnel.",
  },
  buckets: {
    env: "MUSTER_BUCKETS",
    parse: bucketLists,
    default: {},
    defaultDoc: "those of the plugins",
    doc:
      "Other buckets for histograms of plugins, such as validation.duration.milliseconds=10:50:250.",
  },
  labelRules: {
    env: "MUSTER_LABEL_RULES",
    parse: labelRules,
    default: {},
    defaultDoc: "customer_id=top:100,domain=top:100",
    doc:
      "What is done with the values of labels of plugins: keep, drop, hash, or top:N, where the N " +
      "busiest keep their name and the rest are _other.",
  },
  labelHashKey: {
    env: "MUSTER_LABEL_HASH_KEY",
    parse: textLike(/^[!-~]{16,1024}$/, "16 to 1024 printable ASCII characters without space"),
    default: undefined,
    defaultDoc: "the name of the cluster, by which values that can be guessed can be found out",
    secret: true,
    doc: "The key for labels whose rule is hash, the same on all nodes.",
  },
};

function pluginList(text: string): Parsed<readonly PluginName[]> {
  if (text === "all") return { kind: "value", value: PLUGIN_NAMES };
  if (text === "none") return { kind: "value", value: [] };
  const names = [...new Set(text.split(",").map((name) => name.trim()))];
  const known: readonly string[] = PLUGIN_NAMES;
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return { kind: "value", value: names as PluginName[] };
  const hints = unknown.flatMap((name) => {
    const nearest = nearestName(name, PLUGIN_NAMES);
    return nearest === undefined ? [] : [`${nearest} for ${name}`];
  });
  const hint = hints.length === 0 ? "" : ` (did you mean ${hints.join(", ")}?)`;
  return {
    kind: "invalid",
    rule: `all, none, or a list of ${PLUGIN_NAMES.join(", ")}${hint}`,
  };
}

function groupList(text: string): Parsed<readonly string[]> {
  const groups = [...new Set(text.split(",").map((group) => group.trim()))];
  if (groups.every((group) => /^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/.test(group))) {
    return { kind: "value", value: groups };
  }
  return { kind: "invalid", rule: "a list of <plugin>.<group>, such as billing.webhooks" };
}
