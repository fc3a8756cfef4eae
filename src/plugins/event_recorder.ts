import type { EventHandler, Measurements, Metadata } from "../telemetry/bus.ts";
import type { Instrument } from "./instrument.ts";
import type { LabelMapper } from "./label_mappers.ts";
import { type Column, columnReader, labelMaker } from "./label_reader.ts";
import { isWithin, rangeOf } from "./measurement_range.ts";
import type { Binding, EventDefinition } from "./plugin.ts";
import { UNIT_DIVISORS } from "./unit_conversion.ts";

/** What the handler of an event needs of the plugin that is installed. */
export interface RecorderParts {
  /** By metric; a metric that was dropped is missing. */
  readonly instruments: ReadonlyMap<string, Instrument>;
  /** The mapper of a label, null where its values stay as they are. */
  readonly mapperOf: (label: string) => LabelMapper | null;
  /** Told of each measurement that could not be taken. */
  readonly onUnusable: (metric: string, measurement: string) => void;
}

interface Recorder {
  readonly take: (
    measurements: Measurements,
    metadata: Metadata,
    values: readonly string[],
  ) => void;
  /** Counts a number that could not be taken. */
  readonly refuse: () => void;
}

/** Whoever emits without types may leave out what every event has. */
const NOTHING = Object.freeze({});

/**
 * The handler that moves all metrics of one event, or null if none of them is kept. It never throws: an
 * event whose numbers can't be taken must not end the measuring of those that follow.
 */
export function eventHandler(event: EventDefinition, parts: RecorderParts): EventHandler | null {
  const bindings = event.bindings.filter(({ metric }) => parts.instruments.has(metric));
  if (bindings.length === 0) return null;
  const columns = new Columns(parts.mapperOf);
  const recorders = bindings.map((binding) => recorderOf(binding, event, columns, parts));
  const read = columnReader(columns.all);
  const values: string[] = columns.all.map(() => "");
  return (_name, measurements, metadata) => {
    const given = metadata ?? NOTHING;
    try {
      read(given, values);
    } catch {
      // A getter may throw whatever it likes.
      for (const { refuse } of recorders) refuse();
      return;
    }
    for (let i = 0; i < recorders.length; i++) {
      const { take, refuse } = recorders[i]!;
      try {
        take(measurements ?? NOTHING, given, values);
      } catch {
        // Such as a gauge that would become infinite.
        refuse();
      }
    }
  };
}

/** What is read of an event's metadata, each once: a busy customer's event counts as one use. */
class Columns {
  readonly all: Column[] = [];
  readonly #mapperOf: RecorderParts["mapperOf"];
  readonly #numbers = new Map<string, number>();

  constructor(mapperOf: RecorderParts["mapperOf"]) {
    this.#mapperOf = mapperOf;
  }

  /** The number of the column that a label is made of. */
  numberOf(label: string, key: string): number {
    const mapper = this.#mapperOf(label);
    const name = mapper === null ? `plain ${key}` : `${label} ${key}`;
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.all.push({ key, mapper }) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }
}

function recorderOf(
  binding: Binding,
  event: EventDefinition,
  columns: Columns,
  { instruments, onUnusable }: RecorderParts,
): Recorder {
  const { metric, measurement = "count", convert, labels = {}, effect } = binding;
  const instrument = instruments.get(metric)!;
  const range = rangeOf(event, measurement);
  const divisor = convert === undefined ? 1 : UNIT_DIVISORS[convert];
  const { fallback = measurement === "count" ? 1 : undefined } = binding;
  const places = instrument.labels.map((label) => columns.numberOf(label, labels[label] ?? label));
  const make = labelMaker(instrument.labels, places);
  const isMeant = filterOf(binding.when);
  const refuse = () => onUnusable(metric, measurement);
  const take: Recorder["take"] = (measurements, metadata, values) => {
    if (isMeant !== null && !isMeant(metadata)) return;
    const value: unknown = measurements[measurement] ?? fallback;
    if (value === undefined) return;
    if (isWithin(value, range)) instrument.take(make(values), value / divisor, effect);
    else refuse();
  };
  return { take, refuse };
}

function filterOf(when: Binding["when"]): ((metadata: Metadata) => boolean) | null {
  if (when === undefined) return null;
  const conditions = Object.entries(when).map(([key, wanted]) =>
    [key, new Set<unknown>(Array.isArray(wanted) ? wanted : [wanted])] as const
  );
  return (metadata) => conditions.every(([key, wanted]) => wanted.has(metadata[key]));
}
