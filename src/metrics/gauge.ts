import type { LabelledFamily } from "./labelled_family.ts";
import type { CellPlace, MetricKind } from "./metric_kind.ts";
import { refuseNotFinite } from "./metric_value.ts";
import type { LabelValues } from "./label_values.ts";
import { type EndTimer, startTimer, timed } from "./timer.ts";

/** What gauges of a family share. */
export interface GaugeKind extends MetricKind {
  /** Whether the cell after the value keeps when it was set, as for gauges merged as `latest`. */
  readonly keepsTime: boolean;
}

/** One series that goes up and down. */
export class Gauge {
  /**
   * The layout's number of the series.
   *
   * @internal
   */
  readonly series: number;
  readonly #page: Float64Array;
  readonly #index: number;
  readonly #kind: GaugeKind;
  #isHidden = false;

  /** Made by a registry, not by users. */
  constructor(place: CellPlace, kind: GaugeKind) {
    this.series = place.series;
    this.#page = place.page;
    this.#index = place.index;
    this.#kind = kind;
  }

  /**
   * Sets the value.
   *
   * @throws {RangeError} if the value is NaN or infinite; the old value stays.
   */
  set(value: number): void {
    const kind = this.#kind;
    if (!Number.isFinite(value)) refuseNotFinite("set", kind.metric, value);
    this.#page[this.#index] = value;
    if (kind.keepsTime) this.#page[this.#index + 1] = kind.wallMs() / 1000;
    if (kind.touch !== null) kind.touch(this.series);
    if (this.#isHidden) {
      this.#isHidden = false;
      kind.setHidden(this.series, false);
    }
  }

  /** Hides it until it is set again: what was measured last is not true for ever. */
  hide(): void {
    this.#isHidden = true;
    this.#kind.setHidden(this.series, true);
  }

  /** Adds `value`, 1 by default. Throws like {@linkcode Gauge.set}. */
  inc(value: number = 1): void {
    if (!Number.isFinite(value)) refuseNotFinite("increment", this.#kind.metric, value);
    this.set(this.#page[this.#index]! + value);
  }

  /** Takes `value` away, 1 by default. Throws like {@linkcode Gauge.set}. */
  dec(value: number = 1): void {
    if (!Number.isFinite(value)) refuseNotFinite("decrement", this.#kind.metric, value);
    this.set(this.#page[this.#index]! - value);
  }

  /** Sets the gauge to the wall clock, in seconds since the epoch. */
  setToCurrentTime(): void {
    this.set(this.#kind.wallMs() / 1000);
  }

  /** Starts a timer whose end sets the gauge to the seconds that passed. */
  startTimer(): EndTimer {
    return startTimer(this.#kind.nowMs, (seconds) => this.set(seconds));
  }

  /** Sets the gauge to the seconds that `work`, or the promise it returns, took; also if it fails. */
  time<T>(work: () => T): T {
    return timed(this.#kind.nowMs, (seconds) => this.set(seconds), work);
  }

  /** The value in this process. */
  get value(): number {
    return this.#page[this.#index]!;
  }
}

/** The gauges of a family with labels. */
export class GaugeFamily<L extends string> {
  readonly #family: LabelledFamily<L, Gauge>;

  /** Made by a registry, not by users. */
  constructor(family: LabelledFamily<L, Gauge>) {
    this.#family = family;
  }

  /** The gauge of these label values, made at 0 when it is new; see `CounterFamily.labels`. */
  labels(labels: LabelValues<L>): Gauge {
    return this.#family.labels(labels);
  }

  /** Sets the gauge of these label values; see {@linkcode Gauge.set}. */
  set(labels: LabelValues<L>, value: number): void {
    this.#family.labels(labels).set(value);
  }

  /** Adds `value`, 1 by default; see {@linkcode Gauge.set}. */
  inc(labels: LabelValues<L>, value: number = 1): void {
    this.#family.labels(labels).inc(value);
  }

  /** Takes `value` away, 1 by default; see {@linkcode Gauge.set}. */
  dec(labels: LabelValues<L>, value: number = 1): void {
    this.#family.labels(labels).dec(value);
  }

  /** See {@linkcode Gauge.setToCurrentTime}. */
  setToCurrentTime(labels: LabelValues<L>): void {
    this.#family.labels(labels).setToCurrentTime();
  }

  /** See {@linkcode Gauge.startTimer}. */
  startTimer(labels: LabelValues<L>): EndTimer {
    return this.#family.labels(labels).startTimer();
  }

  /** See {@linkcode Gauge.time}. */
  time<T>(labels: LabelValues<L>, work: () => T): T {
    return this.#family.labels(labels).time(work);
  }

  /** Removes the gauge of these label values, and returns whether there was one. */
  remove(labels: LabelValues<L>): boolean {
    return this.#family.remove(labels);
  }

  /** Removes all gauges of the family. */
  clear(): void {
    this.#family.clear();
  }
}
