import type { ExemplarInput } from "./exemplars.ts";
import { type BinPlace, type BinsKind, ExponentialBins } from "./exponential_bins.ts";
import type { CellPlace, MetricKind } from "./metric_kind.ts";
import { refuseNotFinite } from "./metric_value.ts";
import { type Observer, ObserverFamily } from "./observer.ts";
import { type EndTimer, startTimer, timed } from "./timer.ts";

/** What the native histograms of a family share. */
export interface NativeHistogramKind extends MetricKind, BinsKind {}

/**
 * One series of observations, counted in exponential bins that are made when they are first hit. It
 * needs no bounds, and any two of them merge exactly
 * (https://prometheus.io/docs/specs/native_histograms/). Only protobuf shows its bins; in text it has
 * the bucket `+Inf` alone.
 *
 * @example
 * ```ts
 * import { createRegistry } from "@muster/muster";
 *
 * const bytes = createRegistry().nativeHistogram({ name: "upload_bytes", help: "Size of an upload." });
 * bytes.observe(48_213);
 * ```
 */
export class NativeHistogram implements Observer {
  /**
   * The layout's number of the series.
   *
   * @internal
   */
  readonly series: number;
  readonly #page: Float64Array;
  readonly #index: number;
  readonly #kind: NativeHistogramKind;
  readonly #bins: ExponentialBins;

  /** Made by a registry, not by users. */
  constructor(place: CellPlace, zero: BinPlace, kind: NativeHistogramKind) {
    this.series = place.series;
    this.#page = place.page;
    this.#index = place.index;
    this.#kind = kind;
    this.#bins = new ExponentialBins(kind, place.series, zero);
  }

  /**
   * Counts `value` in its bin, and adds it to the sum. After a negative value the sum may fall, so it
   * is no longer held to growing.
   *
   * @param exemplar what this value can be traced by; it takes the place of the bin's one before.
   * @throws {RangeError} if the value is NaN or infinite; nothing is counted.
   * @throws {TypeError} if the exemplar's labels are not allowed; nothing is counted.
   */
  observe(value: number, exemplar?: ExemplarInput): void {
    const kind = this.#kind;
    if (typeof value !== "number" || !(value - value === 0)) {
      refuseNotFinite("observe", kind.metric, value);
    }
    const { page, index } = this.#bins.places[this.#bins.find(value)]!;
    if (exemplar !== undefined) kind.keepExemplar(page, index, exemplar, value);
    if (value < 0) kind.setSumIsState(this.series);
    page[index]!++;
    this.#page[this.#index]! += value;
  }

  startTimer(): EndTimer {
    return startTimer(this.#kind.nowMs, (seconds) => this.observe(seconds));
  }

  time<T>(work: () => T): T {
    return timed(this.#kind.nowMs, (seconds) => this.observe(seconds), work);
  }

  /** How many values this process observed. */
  get count(): number {
    return this.#bins.places.reduce((count, { page, index }) => count + page[index]!, 0);
  }

  /** The sum of the values that this process observed. */
  get sum(): number {
    return this.#page[this.#index]!;
  }
}

/** The native histograms of a family with labels. */
export class NativeHistogramFamily<L extends string> extends ObserverFamily<L, NativeHistogram> {}
