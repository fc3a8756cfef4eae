import type { LabelledFamily } from "./labelled_family.ts";
import { refuseIncrement } from "./metric_value.ts";
import type { LabelValues } from "./series_index.ts";

/** Where a series' first cell is, its number in the layout, and the name to put into errors. */
export interface CellPlace {
  readonly series: number;
  readonly page: Float64Array;
  readonly index: number;
  readonly metric: string;
}

/**
 * One series that only grows. Keep the object where the counting happens: `inc` is one checked
 * addition to a float64 cell.
 */
export class Counter {
  readonly #page: Float64Array;
  readonly #index: number;
  readonly #metric: string;

  /** Made by a registry, not by users. */
  constructor(place: CellPlace) {
    this.#page = place.page;
    this.#index = place.index;
    this.#metric = place.metric;
  }

  /**
   * Adds `value`.
   *
   * @param value finite and not negative, 1 by default.
   * @throws {RangeError} if the value is negative, NaN or infinite; nothing is added.
   */
  inc(value: number = 1): void {
    if (typeof value !== "number" || !(value >= 0 && value < Infinity)) {
      refuseIncrement(this.#metric, value);
    }
    this.#page[this.#index]! += value;
  }

  /** What this process has counted so far. */
  get value(): number {
    return this.#page[this.#index]!;
  }
}

/** The counters of a family with labels. */
export class CounterFamily<L extends string> {
  readonly #family: LabelledFamily<L, Counter>;

  /** Made by a registry, not by users. */
  constructor(family: LabelledFamily<L, Counter>) {
    this.#family = family;
  }

  /**
   * The counter of these label values, made at 0 when it is new.
   *
   * @throws {TypeError} if a label is missing, unknown, or not a string, number or boolean.
   */
  labels(labels: LabelValues<L>): Counter {
    return this.#family.labels(labels);
  }

  /** Adds `value` (1 by default) to the counter of these label values; see {@linkcode Counter.inc}. */
  inc(labels: LabelValues<L>, value: number = 1): void {
    this.#family.labels(labels).inc(value);
  }
}
