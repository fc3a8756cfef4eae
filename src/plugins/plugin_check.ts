import type { MetricDefinition } from "./metric_definition.ts";
import type { Binding, PluginDefinition } from "./plugin.ts";
import { DOTTED_NAME, requiredEnding } from "./plugin_names.ts";
import { UNIT_DIVISORS } from "./unit_conversion.ts";

const WORD = /^[a-z][a-z0-9_]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Throws where a plugin contradicts itself.
 *
 * @throws {TypeError} with a sentence that names the plugin, the place and the rule.
 */
export function checkPlugin(plugin: PluginDefinition): void {
  const refuse = (where: string, rule: string, received: unknown): never => {
    throw new TypeError(
      `Cannot define the plugin "${plugin.name}": ${where} must be ${rule}: ` +
        `received ${JSON.stringify(received)}`,
    );
  };
  if (!WORD.test(plugin.name)) {
    refuse("name", "a word of lower-case letters, digits and underscores", plugin.name);
  }
  const metrics = new Map(Object.entries(plugin.metrics));
  for (const [name, metric] of metrics) checkMetric(name, metric, refuse);
  for (const [name, event] of Object.entries(plugin.events ?? {})) {
    if (!DOTTED_NAME.test(name)) refuse("an event's name", "words with dots between", name);
    for (const binding of event.bindings) {
      const metric = metrics.get(binding.metric);
      if (metric === undefined) {
        return refuse(`metric of the event ${name}`, "a metric of the plugin", binding.metric);
      }
      checkBinding(name, binding, metric, refuse);
    }
  }
  for (const [name, poll] of Object.entries(plugin.polls ?? {})) {
    if (!WORD.test(name)) refuse("a poll's name", "a word", name);
    for (const read of poll.metrics) {
      const kind = metrics.get(read)?.kind;
      if (kind === undefined || !["gauge", "counter", "info"].includes(kind)) {
        refuse(`metrics of the poll ${name}`, "gauges, counters and infos of the plugin", read);
      }
    }
    const { everyMs } = poll;
    if (everyMs !== undefined && !(everyMs >= 1 && everyMs < Infinity)) {
      refuse(`everyMs of the poll ${name}`, "at least 1", everyMs);
    }
  }
}

type Refuse = (where: string, rule: string, received: unknown) => never;

function checkMetric(name: string, metric: MetricDefinition, refuse: Refuse): void {
  if (!DOTTED_NAME.test(name)) refuse("a metric's name", "words with dots between", name);
  const ending = requiredEnding(metric);
  if (ending !== null && !new RegExp(`[._]${ending}$`).test(name)) {
    refuse(`the name of the ${metric.kind}`, `one that ends in ".${ending}"`, name);
  }
  if (!WORD.test(metric.group)) refuse(`group of ${name}`, "a word", metric.group);
  for (const label of metric.labels ?? []) {
    if (!LABEL.test(label)) refuse(`a label of ${name}`, "letters, digits and _", label);
  }
}

function checkBinding(
  event: string,
  { metric: name, convert, labels = {}, effect }: Binding,
  metric: MetricDefinition,
  refuse: Refuse,
): void {
  const where = `of the event ${event} for ${name}`;
  for (const label of Object.keys(labels)) {
    if (metric.labels?.includes(label)) continue;
    refuse(`labels ${where}`, `among ${metric.labels?.join(", ") ?? "none"}`, label);
  }
  if (convert !== undefined && !Object.hasOwn(UNIT_DIVISORS, convert)) {
    refuse(`convert ${where}`, `one of ${Object.keys(UNIT_DIVISORS).join(", ")}`, convert);
  }
  if (effect !== undefined && metric.kind !== "gauge") {
    refuse(`effect ${where}`, "left out, as only gauges have one", effect);
  }
}
