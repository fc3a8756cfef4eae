import { cellsPerSeries, type FamilyDef } from "./family.ts";
import { Uint32List } from "./uint32_list.ts";

/** The kinds of row that a layout is made of, with the numbers that the wire uses. */
export const ROW_FAMILY = 0;
/** A series: family, label values, first cell. */
export const ROW_SERIES = 1;
/** A histogram series observed a negative value: its sum is state from here on. */
export const ROW_SUM_IS_STATE = 2;

/** One row as it was appended: `kind`, and which family or series it speaks of. */
export interface LayoutRow {
  readonly kind: number;
  /** The family's number for {@linkcode ROW_FAMILY}, else the series' number. */
  readonly subject: number;
}

const KIND_BITS = 3;
const KIND_MASK = (1 << KIND_BITS) - 1;

/**
 * The append-only description of a shard: families, series, and where each series' cells are.
 * Its revision is its number of rows, so "what is newer than revision r" is the rows from r on.
 */
export class Layout {
  readonly #families: FamilyDef[] = [];
  readonly #rows = new Uint32List();
  readonly #seriesFamily = new Uint32List();
  readonly #seriesFirstCell = new Uint32List();
  readonly #seriesLabelValues: (readonly string[])[] = [];
  readonly #sumIsState = new Set<number>();

  /** The number of rows; raised by every change. */
  get revision(): number {
    return this.#rows.length;
  }

  /** The families in the order in which they were added. */
  get families(): readonly FamilyDef[] {
    return this.#families;
  }

  /** How many series there are. Series are numbered from 0. */
  get seriesCount(): number {
    return this.#seriesFamily.length;
  }

  /** The row at a place of the log. */
  row(at: number): LayoutRow {
    const packed = this.#rows.at(at);
    return { kind: packed & KIND_MASK, subject: packed >>> KIND_BITS };
  }

  /** Appends a family and returns its number. */
  addFamily(family: FamilyDef): number {
    const number = this.#families.push(family) - 1;
    this.#append(ROW_FAMILY, number);
    return number;
  }

  /** Appends a series whose cells begin at `firstCell`, and returns its number. */
  addSeries(family: number, labelValues: readonly string[], firstCell: number): number {
    const number = this.#seriesFamily.push(family);
    this.#seriesLabelValues.push(labelValues);
    this.#seriesFirstCell.push(firstCell);
    this.#append(ROW_SERIES, number);
    return number;
  }

  /** Marks a histogram series' sum as state. Does nothing the second time. */
  setSumIsState(series: number): void {
    if (this.#sumIsState.has(series)) return;
    this.#sumIsState.add(series);
    this.#append(ROW_SUM_IS_STATE, series);
  }

  /** The number of a series' family. */
  familyOf(series: number): number {
    return this.#seriesFamily.at(series);
  }

  /** A series' label values, in the order of its family's label names. */
  labelValuesOf(series: number): readonly string[] {
    return this.#seriesLabelValues[series]!;
  }

  /** The number of a series' first cell. */
  firstCellOf(series: number): number {
    return this.#seriesFirstCell.at(series);
  }

  /** How many cells a series has. */
  cellCountOf(series: number): number {
    return cellsPerSeries(this.#families[this.familyOf(series)]!);
  }

  /** Whether a histogram series observed a negative value. */
  isSumState(series: number): boolean {
    return this.#sumIsState.has(series);
  }

  /** The cell after the last series' last one: where a dense successor would begin. */
  get cellsEnd(): number {
    const last = this.seriesCount - 1;
    return last < 0 ? 0 : this.firstCellOf(last) + this.cellCountOf(last);
  }

  #append(kind: number, subject: number): void {
    this.#rows.push((subject << KIND_BITS) | kind);
  }
}
