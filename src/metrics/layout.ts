import { cellsPerSeries, type FamilyDef } from "./family.ts";
import type { Bin, BinSign } from "./bin.ts";
import type { SeriesBatch } from "./series_batch.ts";
import { RowLog } from "./row_log.ts";
import { SeriesTable } from "./series_table.ts";
import { Uint32List } from "./uint32_list.ts";

/** The kinds of row that a layout is made of, with the numbers that the wire uses. */
export const ROW_FAMILY = 0;
/** A series: family, label values, first cell. */
export const ROW_SERIES = 1;
/** A series with a sum observed a negative value: its sum is state from here on. */
export const ROW_SUM_IS_STATE = 2;
/** A bin of a native histogram or summary: series, schema, sign, index, cell. */
export const ROW_BIN = 3;
/** A series that is not to be exposed from here on. */
export const ROW_HIDE = 4;
/** A hidden series that is to be exposed again. */
export const ROW_SHOW = 5;
/** The time at which the series after this row were made. */
export const ROW_CREATED = 6;
/** Rows that say nothing any more: what hid or showed a series before something else did. */
export const ROW_VOID = 7;

/** One row as it was appended: `kind`, and what it speaks of. */
export interface LayoutRow {
  readonly kind: number;
  /**
   * The number of the family for {@linkcode ROW_FAMILY}, of the bin for {@linkcode ROW_BIN}, of the
   * time for {@linkcode ROW_CREATED}, how many rows from here on are void for {@linkcode ROW_VOID}, else
   * the number of the series.
   */
  readonly subject: number;
}

/** A bin, whose it is, and where. */
export interface PlacedBin extends Bin {
  readonly series: number;
  /** The number of the bin's cell. */
  readonly cell: number;
}

// A bin's schema, sign and index in 32 bits.
const SCHEMA_OFFSET = 4;
const INDEX_OFFSET = 1 << 25;
const NO_BIN = 0xffffffff;

/** Rows that hid or showed a series after which outdated ones are dropped, or half of all if those are more. */
const TURNS_MIN = 4_096;

const KIND_BITS = 3;
const KIND_MASK = (1 << KIND_BITS) - 1;

/**
 * The append-only description of a shard: families, series, and where each series' cells are.
 * Its revision is its number of rows, so "what is newer than revision r" is the rows from r on.
 */
export class Layout {
  readonly #families: FamilyDef[] = [];
  /** By family, how many cells a series has, its bins apart. */
  readonly #familyCells: number[] = [];
  readonly #rows = new RowLog();
  readonly #series = new SeriesTable();
  readonly #sumIsState = new Set<number>();
  readonly #hidden = new Set<number>();
  readonly #binSeries = new Uint32List();
  readonly #binShapes = new Uint32List();
  readonly #binCells = new Uint32List();
  readonly #binsBefore = new Uint32List();
  readonly #lastBins = new Map<number, number>();
  readonly #createdAtMs: number[] = [];
  readonly #createdFrom = new Uint32List();
  #cellsEnd = 0;
  /** Rows that hid or showed a series since outdated ones were dropped last. */
  #turns = 0;
  /** The revision then. */
  #sweptTo = 0;

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
    return this.#series.length;
  }

  /** The row at a place of the log. */
  row(at: number): LayoutRow {
    const packed = this.#rows.at(at);
    if (packed === null) return { kind: ROW_VOID, subject: this.#rows.droppedFrom(at) };
    return { kind: packed & KIND_MASK, subject: packed >>> KIND_BITS };
  }

  /** Makes room at once for so many more rows, of which so many are series. */
  reserve(rows: number, series: number): void {
    this.#rows.reserve(rows);
    this.#series.reserve(series);
  }

  /** Appends a family and returns its number. */
  addFamily(family: FamilyDef): number {
    const number = this.#families.push(family) - 1;
    this.#familyCells.push(cellsPerSeries(family));
    this.#append(ROW_FAMILY, number);
    return number;
  }

  /** Appends a series whose cells begin at `firstCell`, and returns its number. */
  addSeries(family: number, labelValues: readonly string[], firstCell: number): number {
    const number = this.#series.push(family, labelValues, firstCell);
    this.#append(ROW_SERIES, number);
    this.#endAt(firstCell + this.#familyCells[family]!);
    return number;
  }

  /** Appends the series of a batch from one to before another. */
  addBatch(batch: SeriesBatch, first: number, end: number): void {
    for (let i = first, number = this.seriesCount; i < end; i++) {
      this.#append(ROW_SERIES, number++);
      this.#endAt(batch.firstCellOf(i) + this.#familyCells[batch.familyOf(i)]!);
    }
    this.#series.pushBatch(batch, first, end);
  }

  /** Appends a bin of a series, kept in the cell `cell`, and returns its number. */
  addBin(series: number, { schema, sign, index }: Bin, cell: number): number {
    const number = this.#binSeries.push(series);
    const shape = (index + INDEX_OFFSET) * 64 + (schema + SCHEMA_OFFSET) * 4 + sign + 1;
    this.#binShapes.push(shape);
    this.#binCells.push(cell);
    this.#binsBefore.push(this.#lastBins.get(series) ?? NO_BIN);
    this.#lastBins.set(series, number);
    this.#append(ROW_BIN, number);
    this.#endAt(cell + 1);
    return number;
  }

  /** Hides a series, whose cells stay where they are. Does nothing to a hidden one. */
  hide(series: number): void {
    if (!this.#hidden.has(series)) this.addTurn(series, true);
  }

  /** Shows a hidden series again. Does nothing to one that is shown. */
  show(series: number): void {
    if (this.#hidden.has(series)) this.addTurn(series, false);
  }

  /**
   * Appends that a series is hidden or shown, also where it is so already: rows between may be void.
   * Series may come and go for ever, so what was said of one before is dropped in time, and only where
   * what it was followed by is old enough for no delta to be cut between the two.
   */
  addTurn(series: number, isHidden: boolean): void {
    if (isHidden) this.#hidden.add(series);
    else this.#hidden.delete(series);
    this.#append(isHidden ? ROW_HIDE : ROW_SHOW, series);
    if (++this.#turns < Math.max(TURNS_MIN, this.#rows.keptCount >> 1)) return;
    this.#dropOutdated(this.#sweptTo);
    this.#turns = 0;
    this.#sweptTo = this.revision;
  }

  /** Appends rows that were void where they come from. */
  addVoid(rows: number): void {
    this.#rows.pushDropped(rows);
  }

  /** Says that the series added from here on were made at `atMs` or later, by the wall clock. */
  addCreated(atMs: number): void {
    const number = this.#createdAtMs.push(atMs) - 1;
    this.#createdFrom.push(this.seriesCount);
    this.#append(ROW_CREATED, number);
  }

  /** Marks the sum of a histogram or summary series as state. Does nothing the second time. */
  setSumIsState(series: number): void {
    if (this.#sumIsState.has(series)) return;
    this.#sumIsState.add(series);
    this.#append(ROW_SUM_IS_STATE, series);
  }

  /** The number of a series' family. */
  familyOf(series: number): number {
    return this.#series.familyOf(series);
  }

  /** A series' label values, in the order of its family's label names. */
  labelValuesOf(series: number): readonly string[] {
    return this.#series.labelValuesOf(series, this.labelCountOf(series));
  }

  /** How many label values a series has. */
  labelCountOf(series: number): number {
    return this.#families[this.familyOf(series)]!.labelNames.length;
  }

  /** Whether a series has the same label values as one of another layout, which has as many. */
  hasLabelsOf(series: number, other: Layout, otherSeries: number): boolean {
    return this.#series.hasLabelsOf(series, other.#series, otherSeries, this.labelCountOf(series));
  }

  /** The number of a series' first cell. */
  firstCellOf(series: number): number {
    return this.#series.firstCellOf(series);
  }

  /** The series that has one of its cells, but for its bins, at this number; there must be one. */
  seriesAt(cell: number): number {
    return this.#series.countUpTo(cell) - 1;
  }

  /**
   * Whose a cell is: a series, and which of its own cells it is, or null for that of a bin. Null where
   * it is nobody's.
   */
  ownerOf(cell: number): { readonly series: number; readonly offset: number | null } | null {
    const series = this.seriesAt(cell);
    const offset = series < 0 ? -1 : cell - this.firstCellOf(series);
    if (offset >= 0 && offset < this.cellCountOf(series)) return { series, offset };
    const bin = this.#binCells.countUpTo(cell) - 1;
    if (bin < 0 || this.#binCells.at(bin) !== cell) return null;
    return { series: this.#binSeries.at(bin), offset: null };
  }

  /** How many cells a series has, its bins apart. */
  cellCountOf(series: number): number {
    return this.#familyCells[this.familyOf(series)]!;
  }

  /** Whether a histogram or summary series observed a negative value. */
  isSumState(series: number): boolean {
    return this.#sumIsState.has(series);
  }

  /** Whether a series is hidden. */
  isHidden(series: number): boolean {
    return this.#hidden.has(series);
  }

  /** The hidden series. */
  get hidden(): ReadonlySet<number> {
    return this.#hidden;
  }

  /** How many bins there are. Bins are numbered from 0, over all series. */
  get binCount(): number {
    return this.#binSeries.length;
  }

  /** A bin by its number. */
  binAt(bin: number): PlacedBin {
    const shape = this.#binShapes.at(bin);
    return {
      series: this.#binSeries.at(bin),
      schema: ((shape >>> 2) & 15) - SCHEMA_OFFSET,
      sign: ((shape & 3) - 1) as BinSign,
      index: (shape >>> 6) - INDEX_OFFSET,
      cell: this.#binCells.at(bin),
    };
  }

  /** The numbers of a series' bins, the latest first. */
  binsOf(series: number): readonly number[] {
    const bins: number[] = [];
    for (
      let bin = this.#lastBins.get(series) ?? NO_BIN;
      bin !== NO_BIN;
      bin = this.#binsBefore.at(bin)
    ) bins.push(bin);
    return bins;
  }

  /** One of the times told, in milliseconds since the epoch, by its number. */
  createdAt(number: number): number {
    return this.#createdAtMs[number]!;
  }

  /** When a series was made, in milliseconds since the epoch, to the second; null if nobody said. */
  createdMsOf(series: number): number | null {
    const count = this.#createdFrom.countUpTo(series);
    return count === 0 ? null : this.#createdAtMs[count - 1]!;
  }

  /** About how many bytes the layout takes, the characters of its strings apart. */
  get bytes(): number {
    return this.#rows.bytes + this.#series.bytes + 16 * this.binCount;
  }

  /** The cell after the last one of all series and bins: where a dense successor would begin. */
  get cellsEnd(): number {
    return this.#cellsEnd;
  }

  #endAt(cell: number): void {
    if (cell > this.#cellsEnd) this.#cellsEnd = cell;
  }

  #dropOutdated(end: number): void {
    const turned = new Set<number>();
    this.#rows.drop(end, (packed) => {
      const kind = packed & KIND_MASK;
      if (kind !== ROW_HIDE && kind !== ROW_SHOW) return false;
      const series = packed >>> KIND_BITS;
      if (turned.has(series)) return true;
      turned.add(series);
      return false;
    });
  }

  #append(kind: number, subject: number): void {
    this.#rows.push((subject << KIND_BITS) | kind);
  }
}
