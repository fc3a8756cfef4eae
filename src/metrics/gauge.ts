import type { CellPlace } from "./counter.ts";
import type { LabelledFamily } from "./labelled_family.ts";
import { refuseNotFinite } from "./metric_value.ts";
import type { LabelValues } from "./series_index.ts";

/** One series that goes up and down. */
export class Gauge {
  readonly #page: Float64Array;
  readonly #index: number;
  readonly #metric: string;
  readonly #nowMs: (() => number) | null;

  /**
   * Made by a registry, not by users. `nowMs` is given for gauges merged as `latest`, which keep when
   * they were set in the cell after the value.
   */
  constructor(place: CellPlace, nowMs: (() => number) | null) {
    this.#page = place.page;
    this.#index = place.index;
    this.#metric = place.metric;
    this.#nowMs = nowMs;
  }

  /**
   * Sets the value.
   *
   * @throws {RangeError} if the value is NaN or infinite; the old value stays.
   */
  set(value: number): void {
    if (!Number.isFinite(value)) refuseNotFinite("set", this.#metric, value);
    this.#page[this.#index] = value;
    if (this.#nowMs !== null) this.#page[this.#index + 1] = this.#nowMs() / 1000;
  }

  /** Adds `value`, 1 by default. Throws like {@linkcode Gauge.set}. */
  inc(value: number = 1): void {
    if (!Number.isFinite(value)) refuseNotFinite("increment", this.#metric, value);
    this.set(this.#page[this.#index]! + value);
  }

  /** Takes `value` away, 1 by default. Throws like {@linkcode Gauge.set}. */
  dec(value: number = 1): void {
    if (!Number.isFinite(value)) refuseNotFinite("decrement", this.#metric, value);
    this.set(this.#page[this.#index]! - value);
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
}
