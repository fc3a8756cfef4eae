import type { FamilyDef } from "../../metrics/family.ts";
import type { LayoutRow, PlacedBin } from "../../metrics/layout.ts";
import { SeriesBatch } from "../../metrics/series_batch.ts";
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
  | { readonly kind: "created"; readonly atMs: number }
  | { readonly kind: "void"; readonly rows: number };

/** A row of a layout with all that a reader needs to append it. */
export type LayoutAddition = SeriesAddition | OtherAddition;

/** Neighbouring rows that add series, from one number of `series` to before another; or another row. */
export type AdditionRun =
  | { readonly kind: "series"; readonly first: number; readonly end: number }
  | OtherAddition;

/** A batch that nobody uses: fresh memory costs more than to read rows into it. */
let spare: SeriesBatch | null = null;
const SPARE_BYTES_MAX = 262_144;

/**
 * Rows of a layout, in its order, on their way to a copy. Nearly all add series, a hundred thousand of
 * them where a node meets fifty others: those are kept as numbers.
 */
export class LayoutAdditions implements Iterable<LayoutAddition> {
  #series = new SeriesBatch();
  /** The other rows. */
  readonly #others: OtherAddition[] = [];
  /** By other row, how many series come before it. */
  readonly #seriesBefore = new Uint32List();
  /** How many rows those are: a void one stands for several. */
  #otherRows = 0;
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
    if (spare !== null) made.#series = spare;
    spare = null;
    made.#isReused = true;
    return made;
  }

  /** Forgets the rows, which are where they belong, so that their memory can be used again. */
  release(): void {
    if (!this.#isReused) return;
    if (this.#series.roomBytes <= SPARE_BYTES_MAX) {
      spare = this.#series;
      spare.clear();
    }
    this.#series = new SeriesBatch();
    this.#others.length = 0;
    this.#seriesBefore.truncate(0);
    this.#otherRows = 0;
    this.#isReused = false;
  }

  /** The added series, numbered from 0 here. */
  get series(): SeriesBatch {
    return this.#series;
  }

  /** How many rows there are. */
  get length(): number {
    return this.#otherRows + this.series.length;
  }

  /** How many are told: void neighbours are told together. */
  get count(): number {
    return this.#others.length + this.series.length;
  }

  /** Appends a row. */
  push(addition: LayoutAddition): void {
    if (addition.kind === "series") {
      const { family, labelValues, firstCell } = addition;
      this.series.pushTexts(family, labelValues, firstCell);
    } else {
      this.#seriesBefore.push(this.series.length);
      this.#others.push(addition);
      this.#otherRows += rowsOf(addition);
    }
  }

  /** The rows, neighbours that add series together, without the first `skipped` ones. */
  *runs(skipped: number = 0): Generator<AdditionRun, void, undefined> {
    let row = 0, series = 0;
    for (let at = 0; at <= this.#others.length; at++) {
      const end = at < this.#others.length ? this.#seriesBefore.at(at) : this.series.length;
      const first = Math.max(series, series + skipped - row);
      if (first < end) yield { kind: "series", first, end };
      row += end - series;
      series = end;
      const other = this.#others[at];
      if (other === undefined) return;
      const rows = rowsOf(other);
      if (row >= skipped) yield other;
      else if (row + rows > skipped) yield { kind: "void", rows: row + rows - skipped };
      row += rows;
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
    const { series: batch } = this;
    return {
      kind: "series",
      family: batch.familyOf(series),
      labelValues: batch.labelValuesOf(series),
      firstCell: batch.firstCellOf(series),
    };
  }
}

function rowsOf(addition: OtherAddition): number {
  return addition.kind === "void" ? addition.rows : 1;
}
