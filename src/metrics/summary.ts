import { type BinPlace, type BinsKind, ExponentialBins } from "./exponential_bins.ts";
import type { CellPlace, MetricKind } from "./metric_kind.ts";
import { refuseNotFinite } from "./metric_value.ts";
import { type Observer, ObserverFamily } from "./observer.ts";
import { type EndTimer, startTimer, timed } from "./timer.ts";

/** What the summaries of a family share. */
export interface SummaryKind extends MetricKind, BinsKind {
  /** For how long a value is in the window. */
  readonly maxAgeMs: number;
  /** In how many steps the window moves on. */
  readonly ageBuckets: number;
}

/**
 * One series of observations whose count and sum are for ever, and whose quantiles are those of a
 * sliding window. A bin's cell holds how many values are in the window now; which step of the window
 * they belong to is known to this process alone.
 *
 * @example
 * ```ts
 * import { createRegistry } from "@muster/muster";
 *
 * const seconds = createRegistry().summary({
 *   name: "import_seconds",
 *   help: "Time of an import.",
 *   quantiles: [0.5, 0.99],
 *   maxAgeMs: 60_000,
 * });
 * seconds.observe(1.5);
 * ```
 */
export class Summary implements Observer {
  /**
   * The layout's number of the series.
   *
   * @internal
   */
  readonly series: number;
  readonly #page: Float64Array;
  readonly #index: number;
  readonly #kind: SummaryKind;
  readonly #bins: ExponentialBins;
  /** By bin, then by step of the window: how many values came then. */
  #ring = new Uint32Array(0);
  #epoch: number;

  /** Made by a registry, not by users. */
  constructor(place: CellPlace, zero: BinPlace, kind: SummaryKind) {
    this.series = place.series;
    this.#page = place.page;
    this.#index = place.index;
    this.#kind = kind;
    this.#bins = new ExponentialBins(kind, place.series, zero);
    this.#epoch = this.#epochNow();
  }

  /**
   * Takes `value` into the window, and adds it to the sum. After a negative value the sum may fall, so
   * it is no longer held to growing.
   *
   * @throws {RangeError} if the value is NaN or infinite; nothing is counted.
   */
  observe(value: number): void {
    const kind = this.#kind;
    if (typeof value !== "number" || !(value - value === 0)) {
      refuseNotFinite("observe", kind.metric, value);
    }
    this.rotate();
    if (value < 0) kind.setSumIsState(this.series);
    const bin = this.#bins.find(value);
    const { page, index } = this.#bins.places[bin]!;
    page[index]!++;
    this.#countInRing(bin);
    this.#page[this.#index]!++;
    this.#page[this.#index + 1]! += value;
  }

  startTimer(): EndTimer {
    return startTimer(this.#kind.nowMs, (seconds) => this.observe(seconds));
  }

  time<T>(work: () => T): T {
    return timed(this.#kind.nowMs, (seconds) => this.observe(seconds), work);
  }

  /** How many values this process observed. */
  get count(): number {
    return this.#page[this.#index]!;
  }

  /** The sum of the values that this process observed. */
  get sum(): number {
    return this.#page[this.#index + 1]!;
  }

  /**
   * Drops from the window what is too old by now.
   *
   * @internal
   */
  rotate(): void {
    const epoch = this.#epochNow();
    if (epoch === this.#epoch) return;
    const { ageBuckets } = this.#kind;
    const steps = Math.min(ageBuckets, epoch - this.#epoch);
    this.#epoch = epoch;
    for (let step = 0; step < steps; step++) this.#dropStep((epoch - step) % ageBuckets);
  }

  /**
   * Empties the window, since a removed series must not come back with it.
   *
   * @internal
   */
  onRemoved(): void {
    for (let step = 0; step < this.#kind.ageBuckets; step++) this.#dropStep(step);
  }

  #dropStep(step: number): void {
    const { ageBuckets } = this.#kind;
    const ring = this.#ring;
    const places = this.#bins.places;
    for (let bin = 0, at = step; at < ring.length; bin++, at += ageBuckets) {
      const count = ring[at]!;
      if (count === 0) continue;
      const { page, index } = places[bin]!;
      page[index]! -= count;
      ring[at] = 0;
    }
  }

  #countInRing(bin: number): void {
    const { ageBuckets } = this.#kind;
    const at = bin * ageBuckets + this.#epoch % ageBuckets;
    if (at >= this.#ring.length) {
      const longer = new Uint32Array(Math.max((bin + 1) * ageBuckets, this.#ring.length * 2));
      longer.set(this.#ring);
      this.#ring = longer;
    }
    this.#ring[at]!++;
  }

  #epochNow(): number {
    const { nowMs, maxAgeMs, ageBuckets } = this.#kind;
    return Math.floor(nowMs() * ageBuckets / maxAgeMs);
  }
}

/** The summaries of a family with labels. */
export class SummaryFamily<L extends string> extends ObserverFamily<L, Summary> {}
