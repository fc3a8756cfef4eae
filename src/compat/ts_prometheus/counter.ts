import type { Counter as MusterCounter } from "../../metrics/counter.ts";
import { Registry as Cells } from "../../metrics/registry.ts";
import { type Labels, Metric, type MetricConfig, registered } from "./metric.ts";
import { SeriesSet } from "./series.ts";
import type { Inc, Value } from "./series_use.ts";

/** One series of a {@linkcode Counter}. */
export interface CounterSeries extends Inc, Value {}

/** A number that only grows, or one for each set of label values. */
export class Counter extends Metric implements CounterSeries {
  readonly #series: SeriesSet<MusterCounter, CounterSeries>;

  private constructor(config: MetricConfig, cells: Cells) {
    const { name, help, labels = [] } = config;
    const made = labels.length > 0
      ? cells.counter({ name, help, labels })
      : cells.counter({ name, help });
    super(name, cells);
    this.#series = new SeriesSet<MusterCounter, CounterSeries>(config, made, (counter) => ({
      inc: (n) => counter.inc(n),
      value: () => counter.value,
    }));
  }

  /**
   * Makes a counter.
   *
   * @throws {TypeError} if a name is not allowed or taken.
   */
  static with(config: MetricConfig): Counter {
    return registered(new Counter(config, new Cells()), config);
  }

  /** The counter of these label values, made at 0 when it is new. Keep it where it is used often. */
  labels(labels: Labels): CounterSeries {
    return this.#series.at(labels);
  }

  /** See {@linkcode Inc.inc}; for a counter without labels. */
  inc(n?: number): void {
    this.#series.plain.inc(n);
  }

  /** What was counted; for a counter without labels. */
  value(): number {
    return this.#series.plain.value();
  }

  /** Shows the counter of these label values no more. Used again, it goes on from its value. */
  remove(labels: Labels): boolean {
    return this.#series.remove(labels);
  }

  /** Removes the counters of all label values. */
  clear(): void {
    this.#series.clear();
  }
}
