import { indexOf, PAGE_CELLS, pageOf } from "../../metrics/cells.ts";
import type { Shard } from "../../metrics/shard.ts";

/**
 * Cells with new values, as runs of neighbours in ascending order. Plain arrays of numbers, since one
 * exchange carries hundreds of thousands of them.
 */
export class CellRuns {
  #firsts: Uint32Array;
  #lengths: Uint32Array;
  #values: Float64Array;
  #runs = 0;
  #cells = 0;
  #end = 0;

  /** Begins with room for so many runs of one cell each, and grows. */
  constructor(runs: number = 16) {
    this.#firsts = new Uint32Array(Math.max(1, runs));
    this.#lengths = new Uint32Array(Math.max(1, runs));
    this.#values = new Float64Array(Math.max(1, runs));
  }

  /** The number of runs. */
  get runCount(): number {
    return this.#runs;
  }

  /** The number of cells in all runs. */
  get cellCount(): number {
    return this.#cells;
  }

  /** The cell after the last one. */
  get end(): number {
    return this.#end;
  }

  /** The values of all runs, one after another; only the first `cellCount` count. */
  get values(): Float64Array {
    return this.#values;
  }

  /** The first cell of a run. */
  firstOf(run: number): number {
    return this.#firsts[run]!;
  }

  /** How many cells a run has. */
  lengthOf(run: number): number {
    return this.#lengths[run]!;
  }

  /** Appends a cell that is behind all others. */
  push(cell: number, value: number): void {
    if (this.#cells === this.#values.length) this.#values = grown(this.#values, Float64Array);
    this.#values[this.#cells++] = value;
    if (this.#runs > 0 && cell === this.#end) {
      this.#lengths[this.#runs - 1]!++;
    } else {
      this.#beginRun(cell, 1);
    }
    this.#end = cell + 1;
  }

  /**
   * Appends a run that is behind all others, and returns where in `values` its `length` values have to
   * be written.
   */
  addRun(first: number, length: number): number {
    const at = this.#cells;
    if (at + length > this.#values.length) {
      this.#values = grown(this.#values, Float64Array, at + length);
    }
    this.#beginRun(first, length);
    this.#cells += length;
    this.#end = first + length;
    return at;
  }

  /** Appends the runs of a later page. */
  append(page: CellRuns): void {
    for (let run = 0, at = 0; run < page.runCount; run++) {
      const first = page.firstOf(run);
      for (let i = 0; i < page.lengthOf(run); i++) this.push(first + i, page.values[at++]!);
    }
  }

  #beginRun(first: number, length: number): void {
    if (this.#runs === this.#firsts.length) {
      this.#firsts = grown(this.#firsts, Uint32Array);
      this.#lengths = grown(this.#lengths, Uint32Array);
    }
    this.#firsts[this.#runs] = first;
    this.#lengths[this.#runs++] = length;
  }
}

function grown<T extends Uint32Array | Float64Array>(
  array: T,
  Kind: new (length: number) => T,
  lengthMin = 0,
): T {
  const larger = new Kind(Math.max(array.length * 2, lengthMin));
  larger.set(array as never);
  return larger;
}

/** Cells of a shard, and where the next page begins; null when there is none. */
export interface ChangedCells {
  readonly cells: CellRuns;
  readonly nextCell: number | null;
}

/**
 * The cells from `fromCell` on that changed after `sinceSeq`, at most `cellsMax` of them, which must be
 * `PAGE_CELLS` or more. It ends between two pages of cells, since no series lies in two: a copy that
 * came in several parts, of several moments, has each series' cells of one. Where the shard's stamps
 * were dropped, every cell that is not zero counts as changed.
 */
export function changedCells(
  shard: Shard,
  sinceSeq: number,
  fromCell: number,
  cellsMax: number,
): ChangedCells {
  const cells = new CellRuns();
  const { pages, stamps, cellCount } = shard;
  for (let cell = fromCell; cell < cellCount;) {
    const page = pages[pageOf(cell)];
    if (page === undefined) break;
    const pageStamps = stamps?.[pageOf(cell)];
    const base = cell - indexOf(cell);
    if (cells.cellCount + PAGE_CELLS > cellsMax) return { cells, nextCell: cell };
    const end = Math.min(PAGE_CELLS, cellCount - base);
    for (let i = indexOf(cell); i < end; i++) {
      const changed = pageStamps === undefined ? page[i] !== 0 : pageStamps[i]! > sinceSeq;
      if (!changed) continue;
      cells.push(base + i, page[i]!);
    }
    cell = base + PAGE_CELLS;
  }
  return { cells, nextCell: null };
}
