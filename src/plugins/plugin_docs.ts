import type { MetricDefinition } from "./metric_definition.ts";
import type { Binding, Plugin, PollDefinition } from "./plugin.ts";
import { eventName, metricName } from "./plugin_names.ts";

const INTRODUCTION = `# Metrics of the plugins

Written by \`deno task docs\` from the plugins themselves; a test holds it to them.

- \`rsolv\` is \`MUSTER_METRICS_PREFIX\`. \`MUSTER_PLUGINS\` chooses plugins, \`MUSTER_DROP_METRICS_GROUPS\`
  drops groups of metrics (\`billing.webhooks\`), \`MUSTER_BUCKETS\` gives histograms other buckets, and
  \`MUSTER_POLL_MS\` sets how often polls read.
- A label that an event does not carry is the empty string. An event without \`count\` counts 1.
- \`MUSTER_LABEL_RULES\` says what is done with a label: \`keep\`, \`drop\` (no metric has it), \`hash\`, or
  \`top:N\`. \`customer_id\` and \`domain\` are \`top:100\`: the hundred busiest values that this node has seen
  keep their name, and all others are \`_other\`. Every use counts once, for the name that the value goes
  by at that moment. A value that enters the top begins its own series; what it counted before stays in
  \`_other\`. One that leaves keeps its series, which stands still until it is back. So no counter falls
  and nothing is counted twice. Each node decides for itself: of a value that only some name, the rest
  is in \`_other\`.
`;

/** A page about plugins: their metrics, events and polls. */
export function pluginDocs(plugins: readonly Plugin[], configuredPrefix: string): string {
  return [INTRODUCTION, ...plugins.map((plugin) => section(plugin, configuredPrefix))].join("\n");
}

function section(plugin: Plugin, configuredPrefix: string): string {
  const prefix = plugin.options.prefix ?? configuredPrefix;
  const { metrics, events, polls, dashboards, isInternal } = plugin;
  const shown = dashboards.map((file) => `\`dashboards/${file}\``).join(", ");
  return [
    `## ${plugin.name}`,
    [
      plugin.help,
      ...(shown === "" ? [] : [`Shown by ${shown}.`]),
      ...(isInternal ? ["Its events are not taken from outside."] : []),
    ].join(" "),
    docsTable(
      ["metric", "kind", "labels", "buckets", "group", "what"],
      Object.entries(metrics).map(([name, metric]) => [
        `\`${metricName(prefix, name)}\``,
        kindOf(metric),
        (metric.labels ?? []).join(", "),
        bucketsOf(metric),
        `${plugin.name}.${metric.group}`,
        metric.help,
      ]),
    ),
    docsTable(
      ["event", "when", "what it moves"],
      Object.entries(events).map(([name, { help, bindings }]) => [
        `\`${eventName(prefix, name)}\``,
        help,
        bindings.map((binding) => moved(binding, prefix)).join("; "),
      ]),
    ),
    docsTable(
      ["poll", "reads", "every", "metrics"],
      Object.entries(polls).map((
        [name, poll],
      ) => [name, poll.help, periodOf(poll), read(poll, prefix)]),
    ),
  ].filter((part) => part !== "").join("\n\n") + "\n";
}

/** A table in Markdown; nothing where it has no rows. */
export function docsTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function kindOf(metric: MetricDefinition): string {
  if (metric.kind === "gauge") return `gauge, ${metric.merge ?? "per_node"}`;
  return metric.kind.replace("_", " ");
}

function bucketsOf(metric: MetricDefinition): string {
  if (metric.kind === "histogram") return metric.buckets.join(", ");
  return metric.kind === "summary" ? (metric.quantiles ?? []).join(", ") : "";
}

function moved(binding: Binding, prefix: string): string {
  const { metric, measurement = "count", convert, labels = {}, when = {}, effect } = binding;
  const details = [
    measurement,
    ...(convert === undefined ? [] : [convert.replaceAll("_", " ")]),
    ...(effect === undefined || effect === "set" ? [] : [effect]),
    ...Object.entries(labels).map(([label, key]) => `${label} from ${key}`),
    ...Object.entries(when).map(([key, wanted]) => `if ${key} is ${[wanted].flat().join(" or ")}`),
  ];
  return `\`${metricName(prefix, metric)}\` (${details.join(", ")})`;
}

function periodOf({ everyMs }: PollDefinition): string {
  return everyMs === undefined ? "`MUSTER_POLL_MS`" : `${everyMs / 1000} s`;
}

function read({ metrics }: PollDefinition, prefix: string): string {
  return metrics.map((metric) => `\`${metricName(prefix, metric)}\``).join(", ");
}
