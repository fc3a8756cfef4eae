import { nearestName } from "../config/nearest_name.ts";
import { received } from "../metrics/received.ts";
import { isWithin, type MeasurementRange, rangeOf } from "./measurement_range.ts";
import type { EventDefinition } from "./plugin.ts";

/** Unknown keys of one event that an answer names. */
const IGNORED_MAX = 10;
/** A key that is longer is no misspelling of one of ours. */
const HINTED_LENGTH_MAX = 64;
/** Hints that a schema remembers; then they begin anew. */
const HINTS_MAX = 1_000;

/** What an event consists of. */
const PARTS: ReadonlySet<string> = new Set(["name", "measurements", "metadata"]);
/** How keys are written, by where they are. */
const PATHS = { event: "", measurements: "measurements.", metadata: "metadata." } as const;

/** What an event from outside may carry. */
export interface EventSchema {
  readonly measurements: ReadonlyMap<string, MeasurementRange>;
  readonly metadata: ReadonlySet<string>;
  /** The measurements of which it must carry one, since it would move nothing without; empty for none. */
  readonly needed: readonly string[];
  /** What was found for keys that it does not know: the same mistake comes a thousand times. */
  readonly hints: Map<string, string>;
}

/** Works out what an event may carry from the metrics that it moves and what it declares besides. */
export function eventSchema(event: EventDefinition, labelsOf: LabelsOf): EventSchema {
  const measurements = new Map<string, MeasurementRange>();
  const rule = (name: string) => measurements.set(name, rangeOf(event, name));
  rule("count");
  const metadata = new Set(Object.keys(event.metadata ?? {}));
  for (const name of Object.keys(event.measurements ?? {})) rule(name);
  for (const { metric, measurement = "count", labels = {}, when = {} } of event.bindings) {
    rule(measurement);
    for (const label of labelsOf(metric)) metadata.add(labels[label] ?? label);
    for (const key of Object.keys(when)) metadata.add(key);
  }
  const needing = event.bindings.filter(({ measurement = "count", fallback }) =>
    measurement !== "count" && fallback === undefined
  );
  const movesAlways = needing.length < event.bindings.length || event.bindings.length === 0;
  const needed = movesAlways ? [] : [...new Set(needing.map(({ measurement }) => measurement!))];
  return { measurements, metadata, needed, hints: new Map() };
}

/** The labels of a metric, by its name. */
export type LabelsOf = (metric: string) => readonly string[];

/** An event that may be emitted, or what is wrong with it. */
export type CheckedEvent =
  | {
    readonly kind: "ok";
    readonly measurements: Readonly<Record<string, number>>;
    readonly metadata: Readonly<Record<string, string | number | boolean>>;
    /** Keys that the event does not know, which are left out. */
    readonly ignored: readonly string[];
  }
  | { readonly kind: "refused"; readonly reason: string };

/** An event from outside, whose parts are objects. */
export interface GivenEvent {
  readonly measurements: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** What else is beside its parts. */
  readonly others: readonly string[];
}

/** Checks an event from outside. */
export function checkEvent(schema: EventSchema, given: GivenEvent): CheckedEvent {
  const { measurements, metadata, others } = given;
  const numbers: Record<string, number> = {};
  const values: Record<string, string | number | boolean> = {};
  const ignored: string[] = [];
  for (const key of others) ignore(ignored, "event", key, schema);
  for (const [name, value] of Object.entries(measurements)) {
    const range = schema.measurements.get(name);
    if (range === undefined) {
      ignore(ignored, "measurements", name, schema);
      continue;
    }
    if (!isWithin(value, range)) {
      return refused(`measurements.${name} must be ${inWords(range)}: received ${shown(value)}`);
    }
    numbers[name] = value;
  }
  for (const [key, value] of Object.entries(metadata)) {
    if (!schema.metadata.has(key)) {
      ignore(ignored, "metadata", key, schema);
    } else if (
      typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ) {
      values[key] = value;
    } else if (value !== null) {
      return refused(
        `metadata.${key} must be a string, number or boolean: received ${shown(value)}`,
      );
    }
  }
  const { needed } = schema;
  if (needed.length > 0 && !needed.some((name) => name in numbers)) {
    return refused(`measurements must have ${needed.join(" or ")}: received none of them`);
  }
  return { kind: "ok", measurements: numbers, metadata: values, ignored };
}

function refused(reason: string): CheckedEvent {
  return { kind: "refused", reason };
}

function ignore(
  ignored: string[],
  part: keyof typeof PATHS,
  key: string,
  schema: EventSchema,
): void {
  if (ignored.length >= IGNORED_MAX) return;
  if (key.length > HINTED_LENGTH_MAX) {
    ignored.push(`${PATHS[part]}${key.slice(0, HINTED_LENGTH_MAX)}…`);
    return;
  }
  const { hints } = schema;
  const path = `${PATHS[part]}${key}`;
  let text = hints.get(path);
  if (text === undefined) {
    const known = { event: PARTS, metadata: schema.metadata, measurements: schema.measurements };
    const nearest = nearestName(key, [...known[part].keys()]);
    text = nearest === undefined ? path : `${path} (did you mean ${nearest}?)`;
    if (hints.size >= HINTS_MAX) hints.clear();
    hints.set(path, text);
  }
  ignored.push(text);
}

function inWords({ min, max }: MeasurementRange): string {
  return `a number from ${min} to ${max}`;
}

/** What was received, short enough for an answer. */
function shown(value: unknown): string {
  const text = received(value);
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
