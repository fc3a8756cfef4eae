import type { CellPlace } from "./counter.ts";
import type { LabelledFamily } from "./labelled_family.ts";
import { refuseNotFinite } from "./metric_value.ts";
import type { LabelValues } from "./series_index.ts";

/** Bounds for durations in seconds, the ones that Prometheus's own clients use. */
export const DEFAULT_BUCKETS: readonly number[] = [
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
];

/** Up to here looking at each bound in turn beats halving the range. */
const LINEAR_SEARCH_MAX = 16;

/** One series of observations, counted in buckets. */
export class Histogram {
  readonly #page: Float64Array;
  readonly #index: number;
  readonly #metric: string;
  readonly #bounds: Float64Array;
  readonly #sumIndex: number;
  readonly #series: number;
  readonly #onNegative: (series: number) => void;

  /** Made by a registry, not by users. `onNegative` is handed the series' number. */
  constructor(place: CellPlace, bounds: Float64Array, onNegative: (series: number) => void) {
    this.#page = place.page;
    this.#index = place.index;
    this.#metric = place.metric;
    this.#bounds = bounds;
    this.#sumIndex = place.index + bounds.length + 1;
    this.#series = place.series;
    this.#onNegative = onNegative;
  }

  /**
   * Counts `value` in the first bucket whose upper bound is not below it, and adds it to the sum.
   * After a negative value the sum may fall, so it is no longer held to growing.
   *
   * @throws {RangeError} if the value is NaN or infinite; nothing is counted.
   */
  observe(value: number): void {
    // One comparison that is false for NaN and both infinities; what is no number throws below.
    if (typeof value !== "number" || !(value - value === 0)) {
      refuseNotFinite("observe", this.#metric, value);
    }
    if (value < 0) this.#onNegative(this.#series);
    this.#page[this.#index + bucketOf(this.#bounds, value)]!++;
    this.#page[this.#sumIndex]! += value;
  }

  /** How many values this process observed. */
  get count(): number {
    let count = 0;
    for (let i = this.#index; i < this.#sumIndex; i++) count += this.#page[i]!;
    return count;
  }

  /** The sum of the values that this process observed. */
  get sum(): number {
    return this.#page[this.#sumIndex]!;
  }
}

function bucketOf(bounds: Float64Array, value: number): number {
  let low = 0;
  let high = bounds.length;
  while (high - low > LINEAR_SEARCH_MAX) {
    const middle = (low + high) >>> 1;
    if (value <= bounds[middle]!) high = middle;
    else low = middle + 1;
  }
  while (low < high && value > bounds[low]!) low++;
  return low;
}

/** The histograms of a family with labels. */
export class HistogramFamily<L extends string> {
  readonly #family: LabelledFamily<L, Histogram>;

  /** Made by a registry, not by users. */
  constructor(family: LabelledFamily<L, Histogram>) {
    this.#family = family;
  }

  /** The histogram of these label values, made empty when it is new; see `CounterFamily.labels`. */
  labels(labels: LabelValues<L>): Histogram {
    return this.#family.labels(labels);
  }

  /** Counts a value in the histogram of these label values; see {@linkcode Histogram.observe}. */
  observe(labels: LabelValues<L>, value: number): void {
    this.#family.labels(labels).observe(value);
  }
}
