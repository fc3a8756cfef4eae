import type { ExemplarInput } from "./exemplars.ts";
import type { LabelledFamily } from "./labelled_family.ts";
import { indexOf, pageOf } from "./cells.ts";
import type { CellPlace, MetricKind } from "./metric_kind.ts";
import { refuseIncrement } from "./metric_value.ts";
import type { LabelValues } from "./label_values.ts";

/**
 * One series that only grows. Keep the object where the counting happens: `inc` is one checked
 * addition to a float64 cell.
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
    increment(this.#kind, this.#page, this.#index, value, exemplar);
  }

  /** What this process has counted so far. */
  get value(): number {
    return this.#page[this.#index]!;
  }
}

function increment(
  kind: MetricKind,
  page: Float64Array,
  index: number,
  value: number | undefined,
  exemplar: ExemplarInput | undefined,
): void {
  // Most calls come without arguments, and 1 needs no check.
  if (value === undefined && exemplar === undefined) page[index]! += 1;
  else incrementBy(kind, page, index, value === undefined ? 1 : value, exemplar);
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
      increment(kind, pages[pageOf(series)]!, indexOf(series), value, exemplar);
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
