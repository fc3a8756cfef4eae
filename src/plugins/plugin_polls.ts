import type { Poll } from "../telemetry/poller.ts";
import type { Instrument, SeriesLabels } from "./instrument.ts";
import type { PollDefinition, Reading } from "./plugin.ts";

/** A poll of a plugin as the poller runs it, or null if none of its metrics is kept. */
export function pollOf(
  name: string,
  definition: PollDefinition,
  pollMs: number,
  instruments: ReadonlyMap<string, Instrument>,
): Poll | null {
  const shown = new Map<string, ShownSeries>();
  for (const metric of definition.metrics) {
    const instrument = instruments.get(metric);
    if (instrument !== undefined) shown.set(metric, new ShownSeries(instrument));
  }
  if (shown.size === 0) return null;
  const clear = () => {
    for (const series of shown.values()) series.clear();
  };
  const apply = (readings: readonly Reading[]) => {
    // All are looked at before any is shown: half a reading is none.
    for (const reading of readings) checkReading(name, definition, reading);
    try {
      for (const { metric, value, labels = {} } of readings) shown.get(metric)?.show(labels, value);
      for (const series of shown.values()) series.settle();
    } catch (error) {
      clear();
      throw error;
    }
  };
  return {
    name,
    everyMs: definition.everyMs ?? pollMs,
    run: (signal) => {
      const readings = definition.read(signal);
      if (!("then" in readings)) return apply(readings);
      return readings.then((late) => {
        // Once the plugin has ended, nothing shows that would stay for ever.
        if (!signal.aborted) apply(late);
      });
    },
    onStale: clear,
  };
}

function checkReading(poll: string, { metrics }: PollDefinition, { metric, value }: Reading): void {
  if (!metrics.includes(metric)) {
    throw new TypeError(
      `Cannot take a reading of the poll "${poll}": its metrics are ${metrics.join(", ")}: ` +
        `received ${JSON.stringify(metric)}`,
    );
  }
  if (!Number.isFinite(value)) {
    throw new RangeError(
      `Cannot take a reading of the poll "${poll}": ${metric} must be a finite number: ` +
        `received ${String(value)}`,
    );
  }
}

/** The series of one metric that a poll shows. */
class ShownSeries {
  readonly #instrument: Instrument;
  #before = new Map<string, SeriesLabels>();
  #now = new Map<string, SeriesLabels>();

  constructor(instrument: Instrument) {
    this.#instrument = instrument;
    // A gauge without labels would show 0 before anything is read.
    if (instrument.labels.length === 0) instrument.hide({});
  }

  show(given: Readonly<Record<string, unknown>>, value: number): void {
    const { labels } = this.#instrument;
    const complete = Object.fromEntries(labels.map((name) => [name, String(given[name] ?? "")]));
    this.#now.set(JSON.stringify(Object.values(complete)), complete);
    this.#instrument.show(complete, value);
  }

  /** Hides what was shown before and is no more. */
  settle(): void {
    for (const [key, labels] of this.#before) {
      if (!this.#now.has(key)) this.#instrument.hide(labels);
    }
    this.#before = this.#now;
    this.#now = new Map();
  }

  clear(): void {
    for (const labels of this.#before.values()) this.#instrument.hide(labels);
    for (const labels of this.#now.values()) this.#instrument.hide(labels);
    this.#before = new Map();
    this.#now = new Map();
  }
}
