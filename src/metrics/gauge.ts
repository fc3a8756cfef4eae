import { indexOf, pageOf } from "./cells.ts";
import type { LabelledFamily } from "./labelled_family.ts";
import type { CellPlace, MetricKind } from "./metric_kind.ts";
import { refuseNotFinite } from "./metric_value.ts";
import type { LabelValues } from "./label_values.ts";
import { type EndFamilyTimer, startFamilyTimer } from "./family_timer.ts";
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
    setCell(this.#kind, this.#page, this.#index, value);
    this.#show();
  }

  /** Hides it until it is set again: what was measured last is not true for ever. */
  hide(): void {
    this.#isHidden = true;
    this.#kind.setHidden(this.series, true);
  }

  /** Adds `value`, 1 by default. Throws like {@linkcode Gauge.set}. */
  inc(value: number = 1): void {
    addToCell(this.#kind, this.#page, this.#index, value, 1);
    this.#show();
  }

  /** Takes `value` away, 1 by default. Throws like {@linkcode Gauge.set}. */
  dec(value: number = 1): void {
    addToCell(this.#kind, this.#page, this.#index, value, -1);
    this.#show();
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

  /**
   * Notes that it is hidden, so that setting it shows it again, be it to the same value.
   *
   * @internal
   */
  onRemoved(): void {
    this.#isHidden = true;
  }

  #show(): void {
    if (!this.#isHidden) return;
    this.#isHidden = false;
    this.#kind.setHidden(this.series, false);
  }
}

function setCell(kind: GaugeKind, page: Float64Array, index: number, value: number): void {
  if (!Number.isFinite(value)) refuseNotFinite("set", kind.metric, value);
  page[index] = value;
  if (kind.keepsTime) page[index + 1] = kind.wallMs() / 1000;
  if (kind.touch !== null) kind.touch(kind.seriesAt(page, index));
}

function addToCell(
  kind: GaugeKind,
  page: Float64Array,
  index: number,
  value: number,
  sign: 1 | -1,
): void {
  if (!Number.isFinite(value)) {
    refuseNotFinite(sign === 1 ? "increment" : "decrement", kind.metric, value);
  }
  setCell(kind, page, index, page[index]! + sign * value);
}

/** The gauges of a family with labels. */
export class GaugeFamily<L extends string> {
  /** Sets the gauge of these label values; see {@linkcode Gauge.set}. */
  readonly set: (labels: LabelValues<L>, value: number) => void;
  /** Adds `value`, 1 by default; see {@linkcode Gauge.set}. */
  readonly inc: (labels: LabelValues<L>, value?: number) => void;
  /** Takes `value` away, 1 by default; see {@linkcode Gauge.set}. */
  readonly dec: (labels: LabelValues<L>, value?: number) => void;
  readonly #family: LabelledFamily<L, Gauge>;
  readonly #nowMs: () => number;

  /** Made by a registry, not by users. */
  constructor(family: LabelledFamily<L, Gauge>, kind: GaugeKind) {
    this.#family = family;
    this.#nowMs = kind.nowMs;
    const { pages } = family;
    this.set = family.call((series, value?: number) => {
      if (typeof series !== "number") return series.set(value!);
      setCell(kind, pages[pageOf(series)]!, indexOf(series), value!);
    });
    this.inc = family.call((series, value: number = 1) => {
      if (typeof series !== "number") return series.inc(value);
      addToCell(kind, pages[pageOf(series)]!, indexOf(series), value, 1);
    });
    this.dec = family.call((series, value: number = 1) => {
      if (typeof series !== "number") return series.dec(value);
      addToCell(kind, pages[pageOf(series)]!, indexOf(series), value, -1);
    });
  }

  /** The gauge of these label values, made at 0 when it is new; see `CounterFamily.labels`. */
  labels(labels: LabelValues<L>): Gauge {
    return this.#family.labels(labels);
  }

  /** See {@linkcode Gauge.setToCurrentTime}. */
  setToCurrentTime(labels: LabelValues<L>): void {
    this.#family.labels(labels).setToCurrentTime();
  }

  /**
   * Starts a timer whose end sets the gauge to the seconds that passed. Labels that are not known yet
   * are left out here and handed to the end; see `ObserverFamily.startTimer`.
   */
  startTimer<K extends L = never>(labels?: LabelValues<K>): EndFamilyTimer<Exclude<L, K>> {
    return startFamilyTimer<L, K>(this.#family, this.#nowMs, labels, this.set);
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
