import { Registry } from "../metrics/registry.ts";
import { checkEvent } from "./event_check.ts";
import { registerInstrument } from "./instrument.ts";
import { METRIC_KINDS, type MetricDefinition } from "./metric_definition.ts";
import type { PluginDefinition, PollDefinition } from "./plugin.ts";
import { DOTTED_NAME, metricName, requiredEnding } from "./plugin_names.ts";
import { isRecord, refusalOf, type Refuse } from "./plugin_refusal.ts";

const WORD = /^[a-z][a-z0-9_]*$/;
const POLLED_KINDS: readonly string[] = ["gauge", "counter", "info"];

/**
 * Throws where a plugin contradicts itself, or the registry would not take its metrics.
 *
 * @throws {TypeError} with a sentence that names the plugin, the place and the rule.
 */
export function checkPlugin(plugin: PluginDefinition): void {
  const { name, help, metrics: definitions } = plugin;
  const refuse: Refuse = refusalOf(name);
  if (typeof name !== "string" || !WORD.test(name)) {
    refuse("name", "a word of lower-case letters, digits and underscores", name);
  }
  checkHelp("the plugin", help, refuse);
  if (!isRecord(definitions)) refuse("metrics", "an object, by name", definitions);
  const metrics = new Map(Object.entries(definitions));
  for (const [name, metric] of metrics) checkMetric(name, metric, refuse);
  tryToRegister(name, metrics);
  for (const part of ["events", "polls", "options"] as const) {
    const given = plugin[part];
    if (given !== undefined && !isRecord(given)) refuse(part, "an object, by name", given);
  }
  for (const [name, event] of Object.entries(plugin.events ?? {})) {
    if (!DOTTED_NAME.test(name)) refuse("an event's name", "words with dots between", name);
    if (!isRecord(event)) refuse(`the event ${name}`, "an object", event);
    checkHelp(`the event ${name}`, event.help, refuse);
    checkEvent(name, event, metrics, refuse);
  }
  for (const [name, poll] of Object.entries(plugin.polls ?? {})) {
    if (!WORD.test(name)) refuse("a poll's name", "a word", name);
    if (!isRecord(poll)) refuse(`the poll ${name}`, "an object", poll);
    checkHelp(`the poll ${name}`, poll.help, refuse);
    checkPoll(name, poll, metrics, refuse);
  }
}

function checkHelp(where: string, help: unknown, refuse: Refuse): void {
  if (typeof help !== "string") refuse(`help of ${where}`, "a string", help);
}

/** What the registry does not check, or could not tell of by a sentence. */
function checkMetric(name: string, metric: MetricDefinition, refuse: Refuse): void {
  if (!DOTTED_NAME.test(name)) refuse("a metric's name", "words with dots between", name);
  if (!isRecord(metric)) refuse(`the metric ${name}`, "an object", metric);
  const { kind, group, labels = [], values = {} } = metric;
  if (!METRIC_KINDS.includes(kind)) {
    refuse(`kind of ${name}`, `one of ${METRIC_KINDS.join(", ")}`, kind);
  }
  const ending = requiredEnding(metric);
  if (ending !== null && !new RegExp(`[._]${ending}$`).test(name)) {
    refuse(`the name of the ${kind}`, `one that ends in ".${ending}"`, name);
  }
  if (typeof group !== "string" || !WORD.test(group)) refuse(`group of ${name}`, "a word", group);
  const lists: Record<string, unknown> = { labels };
  if (kind === "histogram") lists.buckets = metric.buckets;
  if (kind === "summary" && metric.quantiles !== undefined) lists.quantiles = metric.quantiles;
  for (const [what, list] of Object.entries(lists)) {
    if (!Array.isArray(list)) refuse(`${what} of ${name}`, "a list", list);
  }
  if (!isRecord(values)) refuse(`values of ${name}`, "an object, by label", values);
}

/** The registry knows best what it takes: names, labels, buckets, budgets. */
function tryToRegister(plugin: string, metrics: ReadonlyMap<string, MetricDefinition>): void {
  const registry = new Registry();
  for (const [name, metric] of metrics) {
    try {
      registerInstrument(registry, metricName("", name), metric);
    } catch (error) {
      const { message } = error as Error;
      const problem = message.replace(/^C/, "c");
      throw new TypeError(`Cannot define the plugin "${plugin}": ${problem}`, { cause: error });
    }
  }
}

function checkPoll(
  name: string,
  { metrics: read, everyMs, read: reader }: PollDefinition,
  metrics: ReadonlyMap<string, MetricDefinition>,
  refuse: Refuse,
): void {
  const where = `metrics of the poll ${name}`;
  if (!Array.isArray(read)) refuse(where, "a list", read);
  for (const metric of read) {
    if (POLLED_KINDS.includes(metrics.get(metric)?.kind ?? "")) continue;
    refuse(where, "gauges, counters and infos of the plugin", metric);
  }
  if (everyMs !== undefined && !(everyMs >= 1 && everyMs < Infinity)) {
    refuse(`everyMs of the poll ${name}`, "at least 1", everyMs);
  }
  if (typeof reader !== "function") refuse(`read of the poll ${name}`, "a function", reader);
}
