import type { SeriesBatch } from "./series_batch.ts";
import { Uint32List } from "./uint32_list.ts";

/** A series takes a row of three numbers: its family, its first cell, the place of its labels. */
const FAMILY = 0;
const FIRST_CELL = 1;
const PLACE = 2;
const ROW = 3;

/** Series as rows of numbers, and their label values: an object each would take most of the memory. */
export class SeriesTable {
  readonly #rows = new Uint32List();
  /** The label values of all series, one after another. */
  readonly #values: string[] = [];
  #lastPlace = 0;

  /** How many series there are. Series are numbered from 0. */
  get length(): number {
    return this.#rows.length / ROW;
  }

  /** About how many bytes the table takes, the characters of its strings apart. */
  get bytes(): number {
    return 4 * this.#rows.length + 8 * this.#values.length;
  }

  /** Makes room for so many more series at once. */
  reserve(count: number): void {
    this.#rows.reserve(count * ROW);
  }

  /** Appends a series, whose label values are copied, and returns its number. */
  push(family: number, labelValues: readonly string[], firstCell: number): number {
    this.#rows.pushThree(family, firstCell, this.#keep(labelValues));
    return this.length - 1;
  }

  /** Appends the series of a batch from one to before another. */
  pushBatch(batch: SeriesBatch, first: number, end: number): void {
    const values = this.#values;
    for (let i = first; i < end; i++) {
      if (i === first) {
        this.#keep(batch.labelValuesOf(i));
      } else if (!batch.hasLabelsOfBefore(i)) {
        this.#lastPlace = values.length;
        const count = batch.labelCountOf(i);
        for (let label = 0; label < count; label++) values.push(batch.labelValueOf(i, label));
      }
      this.#rows.pushThree(batch.familyOf(i), batch.firstCellOf(i), this.#lastPlace);
    }
  }

  /** The number of a series' family. */
  familyOf(series: number): number {
    return this.#rows.at(series * ROW + FAMILY);
  }

  /** The number of a series' first cell. */
  firstCellOf(series: number): number {
    return this.#rows.at(series * ROW + FIRST_CELL);
  }

  /** How many series begin at a cell or before it, where their cells ascend. */
  countUpTo(cell: number): number {
    return this.#rows.countUpTo(cell, ROW, FIRST_CELL);
  }

  /** The label values of a series that has so many. */
  labelValuesOf(series: number, count: number): string[] {
    const place = this.#rows.at(series * ROW + PLACE);
    return this.#values.slice(place, place + count);
  }

  /** Whether two series of two tables, with so many labels both, have the same label values. */
  hasLabelsOf(series: number, other: SeriesTable, otherSeries: number, count: number): boolean {
    const mine = this.#values;
    const theirs = other.#values;
    const place = this.#rows.at(series * ROW + PLACE);
    const otherPlace = other.#rows.at(otherSeries * ROW + PLACE);
    for (let i = 0; i < count; i++) if (mine[place + i] !== theirs[otherPlace + i]) return false;
    return true;
  }

  /** What counts requests also times them: a series often has the label values of the one before. */
  #keep(labelValues: readonly string[]): number {
    const kept = this.#values;
    const last = this.#lastPlace;
    const count = labelValues.length;
    let isSame = kept.length - last === count;
    for (let i = 0; isSame && i < count; i++) isSame = kept[last + i] === labelValues[i];
    if (isSame) return last;
    this.#lastPlace = kept.length;
    for (let i = 0; i < count; i++) kept.push(labelValues[i]!);
    return this.#lastPlace;
  }
}
