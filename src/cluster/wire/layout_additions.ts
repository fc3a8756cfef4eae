import type { FamilyDef } from "../../metrics/family.ts";
import type { LayoutRow, PlacedBin } from "../../metrics/layout.ts";
import { SeriesTable } from "../../metrics/series_table.ts";
import { Uint32List } from "../../metrics/uint32_list.ts";

/** A row that adds a series. */
export interface SeriesAddition {
  readonly kind: "series";
  readonly family: number;
  readonly labelValues: readonly string[];
  readonly firstCell: number;
}

/** A row of another kind. */
export type OtherAddition =
  | { readonly kind: "family"; readonly family: FamilyDef }
  | ({ readonly kind: "bin" } & PlacedBin)
  | { readonly kind: "sum_is_state" | "hide" | "show"; readonly series: LayoutRow["subject"] }
  | { readonly kind: "created"; readonly atMs: number };

/** A row of a layout with all that a reader needs to append it. */
export type LayoutAddition = SeriesAddition | OtherAddition;

/** Neighbouring rows that add series, from one number of `series` to before another; or another row. */
export type AdditionRun =
  | { readonly kind: "series"; readonly first: number; readonly end: number }
  | OtherAddition;

/** Memory that nobody uses: fresh memory costs more than to read rows into it. */
let spare: { readonly series: SeriesTable; readonly labelCounts: Uint32List } | null = null;
const SPARE_SERIES_MAX = 16_384;

/**
 * Rows of a layout, in its order, on their way to a copy. Nearly all add series, a hundred thousand of
 * them where a node meets fifty others: those are kept in columns.
 */
export class LayoutAdditions implements Iterable<LayoutAddition> {
  #series = new SeriesTable();
  #labelCounts = new Uint32List();
  /** The other rows. */
  readonly #others: OtherAddition[] = [];
  /** By other row, how many series come before it. */
  readonly #seriesBefore = new Uint32List();
  #isReused = false;

  /** These rows. */
  static of(additions: Iterable<LayoutAddition>): LayoutAdditions {
    const made = new LayoutAdditions();
    for (const addition of additions) made.push(addition);
    return made;
  }

  /** No rows yet, and memory for them that {@linkcode LayoutAdditions.release} gives back. */
  static reused(): LayoutAdditions {
    const made = new LayoutAdditions();
    if (spare !== null) {
      made.#series = spare.series;
      made.#labelCounts = spare.labelCounts;
      spare = null;
    }
    made.#isReused = true;
    return made;
  }

  /** Forgets the rows, which are where they belong, so that their memory can be used again. */
  release(): void {
    if (!this.#isReused) return;
    if (this.#series.length <= SPARE_SERIES_MAX) {
      spare = { series: this.#series, labelCounts: this.#labelCounts };
      spare.series.clear();
      spare.labelCounts.truncate(0);
    }
    this.#series = new SeriesTable();
    this.#labelCounts = new Uint32List();
    this.#others.length = 0;
    this.#seriesBefore.truncate(0);
    this.#isReused = false;
  }

  /** The added series, numbered from 0 here. */
  get series(): SeriesTable {
    return this.#series;
  }

  /** Makes room for so many series at once. */
  reserve(series: number): void {
    this.series.reserve(series);
    this.#labelCounts.reserve(series);
  }

  /** How many rows there are. */
  get length(): number {
    return this.#others.length + this.series.length;
  }

  /** Appends a row. */
  push(addition: LayoutAddition): void {
    if (addition.kind === "series") {
      const { family, labelValues, firstCell } = addition;
      this.series.push(family, labelValues, firstCell);
      this.#labelCounts.push(labelValues.length);
    } else {
      this.#seriesBefore.push(this.series.length);
      this.#others.push(addition);
    }
  }

  /** Appends a row that adds a series with so many label values, strings of `series` by number. */
  pushSeries(
    family: number,
    labelNumbers: readonly number[],
    labelCount: number,
    firstCell: number,
  ): void {
    this.series.pushNumbers(family, labelNumbers, labelCount, firstCell);
    this.#labelCounts.push(labelCount);
  }

  /** How many label values an added series has. */
  labelCountOf(series: number): number {
    return this.#labelCounts.at(series);
  }

  /** The rows, neighbours that add series together, without the first `skipped` ones. */
  *runs(skipped: number = 0): Generator<AdditionRun, void, undefined> {
    let series = 0;
    for (let at = 0; at <= this.#others.length; at++) {
      const end = at < this.#others.length ? this.#seriesBefore.at(at) : this.series.length;
      const first = Math.max(series, skipped - at);
      if (first < end) yield { kind: "series", first, end };
      series = end;
      if (at < this.#others.length && at + series >= skipped) yield this.#others[at]!;
    }
  }

  /** The rows one by one. */
  *[Symbol.iterator](): Generator<LayoutAddition, void, undefined> {
    for (const run of this.runs()) {
      if (run.kind !== "series") yield run;
      else for (let series = run.first; series < run.end; series++) yield this.#row(series);
    }
  }

  #row(series: number): SeriesAddition {
    const { series: table } = this;
    const labelValues = table.labelValuesOf(series, this.labelCountOf(series));
    const family = table.familyOf(series);
    return { kind: "series", family, labelValues, firstCell: table.firstCellOf(series) };
  }
}
