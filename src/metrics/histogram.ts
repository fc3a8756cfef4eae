import { indexOf, pageOf } from "./cells.ts";
import type { ExemplarInput } from "./exemplars.ts";
import type { LabelledFamily } from "./labelled_family.ts";
import type { CellPlace, MetricKind } from "./metric_kind.ts";
import { refuseNotFinite } from "./metric_value.ts";
import { type Observer, ObserverFamily } from "./observer.ts";
import { type EndTimer, startTimer, timed } from "./timer.ts";

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

/** What the histograms of a family share. */
export interface HistogramKind extends MetricKind {
  readonly bounds: Float64Array;
}

/** One series of observations, counted in buckets. */
export class Histogram implements Observer {
  /**
   * The layout's number of the series.
   *
   * @internal
   */
  readonly series: number;
  readonly #page: Float64Array;
  readonly #index: number;
  readonly #kind: HistogramKind;

  /** Made by a registry, not by users. */
  constructor(place: CellPlace, kind: HistogramKind) {
    this.series = place.series;
    this.#page = place.page;
    this.#index = place.index;
    this.#kind = kind;
  }

  /**
   * Counts `value` in the first bucket whose upper bound is not below it, and adds it to the sum.
   * After a negative value the sum may fall, so it is no longer held to growing.
   *
   * @param exemplar what this value can be traced by; it takes the place of the bucket's one before.
   * @throws {RangeError} if the value is NaN or infinite; nothing is counted.
   * @throws {TypeError} if the exemplar's labels are not allowed; nothing is counted.
   */
  observe(value: number, exemplar?: ExemplarInput): void {
    observe(this.#kind, this.#page, this.#index, value, exemplar);
  }

  startTimer(): EndTimer {
    return startTimer(this.#kind.nowMs, (seconds) => this.observe(seconds));
  }

  time<T>(work: () => T): T {
    return timed(this.#kind.nowMs, (seconds) => this.observe(seconds), work);
  }

  /** How many values this process observed. */
  get count(): number {
    let count = 0;
    const end = this.#sumIndex;
    for (let i = this.#index; i < end; i++) count += this.#page[i]!;
    return count;
  }

  /** The sum of the values that this process observed. */
  get sum(): number {
    return this.#page[this.#sumIndex]!;
  }

  get #sumIndex(): number {
    return this.#index + this.#kind.bounds.length + 1;
  }
}

function observe(
  kind: HistogramKind,
  page: Float64Array,
  first: number,
  value: number,
  exemplar: ExemplarInput | undefined,
): void {
  // One comparison that is false for NaN and both infinities; what is no number throws below.
  if (typeof value !== "number" || !(value - value === 0)) {
    refuseNotFinite("observe", kind.metric, value);
  }
  const { bounds } = kind;
  const bucket = first + bucketOf(bounds, value);
  if (exemplar !== undefined) kind.keepExemplar(page, bucket, exemplar, value);
  if (value < 0) kind.setSumIsState(kind.seriesAt(page, first));
  page[bucket]!++;
  page[first + bounds.length + 1]! += value;
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
export class HistogramFamily<L extends string> extends ObserverFamily<L, Histogram> {
  /** Made by a registry, not by users. */
  constructor(family: LabelledFamily<L, Histogram>, kind: HistogramKind) {
    const { pages } = family;
    super(family, kind, (cell, value, exemplar) => {
      observe(kind, pages[pageOf(cell)]!, indexOf(cell), value, exemplar);
    });
  }
}
