import type { ExemplarInput } from "./exemplars.ts";
import type { LabelledFamily } from "./labelled_family.ts";
import { indexOf, pageOf } from "./cells.ts";
import type { CellPlace, MetricKind } from "./metric_kind.ts";
import { refuseIncrement } from "./metric_value.ts";
import type { LabelValues } from "./label_values.ts";

/** Calls that a counter counts by itself at most before it writes to its cell. */
const ROOM = 2 ** 20;
/** It has counted nothing by itself since its cell was written. */
const SETTLED = -1;

/**
 * One series that only grows. Keep the object where the counting happens: `inc` counts down a whole
 * number of the object's own, which reaches the float64 cell when somebody wants to know.
 */
export class Counter {
  /**
   * The layout's number of the series.
   *
   * @internal
   */
  readonly series: number;
  readonly #page: Float64Array;
  readonly #index: number;
  readonly #kind: MetricKind;
  /** How many more calls it may count by itself, or {@linkcode SETTLED}. */
  #room = SETTLED;

  /** Made by a registry, not by users. */
  constructor(place: CellPlace, kind: MetricKind) {
    this.series = place.series;
    this.#page = place.page;
    this.#index = place.index;
    this.#kind = kind;
  }

  /**
   * Adds `value`.
   *
   * @param value finite and not negative, 1 by default.
   * @param exemplar what this addition can be traced by; it takes the place of the one before.
   * @throws {RangeError} if the value is negative, NaN or infinite; nothing is added.
   * @throws {TypeError} if the exemplar's labels are not allowed; nothing is added.
   */
  inc(value?: number, exemplar?: ExemplarInput): void {
    // Most calls come without arguments, and 1 needs no check.
    if (value === undefined && exemplar === undefined) {
      const room = this.#room - 1;
      if (room >= 0) this.#room = room;
      else this.#begin();
    } else {
      incrementBy(this.#kind, this.#page, this.#index, value === undefined ? 1 : value, exemplar);
    }
  }

  /** What this process has counted so far. */
  get value(): number {
    this.#kind.pending.settle();
    return this.#page[this.#index]!;
  }

  /**
   * Writes to the cell what was counted since the last time.
   *
   * @internal
   */
  settle(): void {
    if (this.#room === SETTLED) return;
    this.#page[this.#index]! += ROOM - this.#room;
    this.#room = SETTLED;
  }

  /** Counts one where there is no room for it. */
  #begin(): void {
    if (this.#room === SETTLED) this.#kind.pending.add(this);
    else this.#page[this.#index]! += ROOM;
    this.#room = ROOM - 1;
  }
}

function incrementBy(
  kind: MetricKind,
  page: Float64Array,
  index: number,
  value: number,
  exemplar: ExemplarInput | undefined,
): void {
  if (typeof value !== "number" || !(value >= 0 && value < Infinity)) {
    refuseIncrement(kind.metric, value);
  }
  if (exemplar !== undefined) kind.keepExemplar(page, index, exemplar, value);
  page[index]! += value;
}

/** The counters of a family with labels. */
export class CounterFamily<L extends string> {
  /** Adds `value` (1 by default) to the counter of these label values; see {@linkcode Counter.inc}. */
  readonly inc: (labels: LabelValues<L>, value?: number, exemplar?: ExemplarInput) => void;
  readonly #family: LabelledFamily<L, Counter>;

  /** Made by a registry, not by users. */
  constructor(family: LabelledFamily<L, Counter>, kind: MetricKind) {
    this.#family = family;
    const { pages } = family;
    this.inc = family.call((series, value?: number, exemplar?: ExemplarInput) => {
      if (typeof series !== "number") return series.inc(value, exemplar);
      const page = pages[pageOf(series)]!, index = indexOf(series);
      if (value === undefined && exemplar === undefined) page[index]! += 1;
      else incrementBy(kind, page, index, value === undefined ? 1 : value, exemplar);
    });
  }

  /**
   * The counter of these label values, made at 0 when it is new.
   *
   * @throws {TypeError} if a label is missing, unknown, or not a string, number or boolean.
   */
  labels(labels: LabelValues<L>): Counter {
    return this.#family.labels(labels);
  }

  /**
   * Hides the counter of these label values, and returns whether there was one. It goes on from its
   * total when it is made again or counts again, since a total that fell would read as a restart. A
   * handle that was kept shows it from its next increase on; `inc(0)` is none.
   */
  remove(labels: LabelValues<L>): boolean {
    return this.#family.remove(labels);
  }

  /** Removes all counters of the family. */
  clear(): void {
    this.#family.clear();
  }
}
