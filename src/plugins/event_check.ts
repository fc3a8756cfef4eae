import { isWithin, rangeOf } from "./measurement_range.ts";
import type { MetricDefinition } from "./metric_definition.ts";
import type { Binding, EventDefinition } from "./plugin.ts";
import { isRecord, type Refuse } from "./plugin_refusal.ts";
import { UNIT_DIVISORS } from "./unit_conversion.ts";

const EFFECTS: readonly unknown[] = ["set", "add", "subtract"];

/** Refuses what an event of a plugin contradicts itself in. */
export function checkEvent(
  name: string,
  event: EventDefinition,
  metrics: ReadonlyMap<string, MetricDefinition>,
  refuse: Refuse,
): void {
  const { bindings, measurements = {}, metadata = {} } = event;
  if (!isRecord(metadata)) refuse(`metadata of the event ${name}`, "an object, by key", metadata);
  if (!isRecord(measurements)) {
    refuse(`measurements of the event ${name}`, "an object, by name", measurements);
  }
  for (const [measurement, rule] of Object.entries(measurements)) {
    const where = `measurements.${measurement} of the event ${name}`;
    if (!isRecord(rule)) refuse(where, "an object with min or max", rule);
    const { min, max } = rangeOf(event, measurement);
    if (typeof min !== "number" || typeof max !== "number" || !(min <= max)) {
      refuse(where, "a range from min to max, which are 0 and 2^53 - 1 unless set", { min, max });
    }
  }
  if (!Array.isArray(bindings)) refuse(`bindings of the event ${name}`, "a list", bindings);
  for (const binding of bindings as readonly Binding[]) {
    if (!isRecord(binding)) refuse(`a binding of the event ${name}`, "an object", binding);
    const metric = metrics.get(binding.metric);
    if (metric === undefined) {
      return refuse(`metric of the event ${name}`, "a metric of the plugin", binding.metric);
    }
    checkBinding(name, binding, metric, refuse);
    checkNumber(name, event, binding, metric, refuse);
  }
}

function checkBinding(
  event: string,
  { metric: name, convert, labels = {}, when = {}, effect }: Binding,
  metric: MetricDefinition,
  refuse: Refuse,
): void {
  const where = `of the event ${event} for ${name}`;
  if (!isRecord(labels)) refuse(`labels ${where}`, "an object, by label", labels);
  if (!isRecord(when)) refuse(`when ${where}`, "an object, by key", when);
  for (const [label, key] of Object.entries(labels)) {
    if (!metric.labels?.includes(label)) {
      refuse(`labels ${where}`, `among ${metric.labels?.join(", ") ?? "none"}`, label);
    }
    if (typeof key !== "string") refuse(`the key for ${label} ${where}`, "a string", key);
  }
  if (convert !== undefined && !Object.hasOwn(UNIT_DIVISORS, convert)) {
    refuse(`convert ${where}`, `one of ${Object.keys(UNIT_DIVISORS).join(", ")}`, convert);
  }
  if (effect === undefined) return;
  if (!EFFECTS.includes(effect)) refuse(`effect ${where}`, `one of ${EFFECTS.join(", ")}`, effect);
  if (metric.kind !== "gauge") {
    refuse(`effect ${where}`, "left out, as only gauges have one", effect);
  }
}

/** What is taken as a number must be one that the metric takes. */
function checkNumber(
  name: string,
  event: EventDefinition,
  { metric, measurement = "count", fallback }: Binding,
  { kind }: MetricDefinition,
  refuse: Refuse,
): void {
  const where = `of the event ${name} for ${metric}`;
  if (typeof measurement !== "string") refuse(`measurement ${where}`, "a string", measurement);
  const range = rangeOf(event, measurement);
  if (kind === "counter" && range.min < 0) {
    const rule = "at least 0, as a counter never falls";
    refuse(`measurements.${measurement}.min ${where}`, rule, range.min);
  }
  if (fallback !== undefined && !isWithin(fallback, range)) {
    refuse(`fallback ${where}`, `a number from ${range.min} to ${range.max}`, fallback);
  }
}
