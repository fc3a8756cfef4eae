import { PAGE_CELLS, pageOf } from "../../metrics/cells.ts";
import type { PageStamps } from "../../metrics/page_stamps.ts";
import type { Shard } from "../../metrics/shard.ts";

/** Some of the cells, and where the next page begins; null when there is none. */
export interface CellPage {
  readonly cells: CellRuns;
  readonly nextCell: number | null;
}

const NO_VALUES = new Float64Array(0);
/** Memory for values that nobody uses: fresh memory costs more than to read values into it. */
let spare: Float64Array = NO_VALUES;
const SPARE_CELLS_MAX = 131_072;
/** Room for what changes of a shard in a second, so that it seldom has to grow. */
const RUNS_GUESSED = 256;
const CELLS_GUESSED = 512;

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
  #isReused = false;

  /** Begins with room for so many runs and cells, and grows. */
  constructor(runs: number = 16, cells: number = runs) {
    this.#firsts = new Uint32Array(Math.max(1, runs));
    this.#lengths = new Uint32Array(Math.max(1, runs));
    this.#values = new Float64Array(Math.max(1, cells));
  }

  /** Like the constructor, with memory that {@linkcode CellRuns.release} gives back. */
  static reused(runs: number, cells: number): CellRuns {
    const made = new CellRuns(runs, 0);
    if (spare.length < cells) {
      made.#values = new Float64Array(cells);
    } else {
      made.#values = spare;
      spare = NO_VALUES;
    }
    made.#isReused = true;
    return made;
  }

  /** Forgets the cells, whose values are where they belong, so that their memory can be used again. */
  release(): void {
    if (!this.#isReused) return;
    const values = this.#values;
    this.#values = NO_VALUES;
    this.#runs = this.#cells = this.#end = 0;
    this.#isReused = false;
    if (values.length > spare.length && values.length <= SPARE_CELLS_MAX) spare = values;
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
   * Appends the cells of a page from `first` to before `end`, which are behind all others; `base` is the
   * number of the page's first cell.
   */
  take(base: number, page: Float64Array, first: number, end: number): void {
    const count = end - first;
    let at = this.#cells;
    if (at + count > this.#values.length) {
      this.#values = grown(this.#values, Float64Array, at + count);
    }
    const values = this.#values;
    for (let i = first; i < end; i++) values[at++] = page[i]!;
    if (this.#runs > 0 && base + first === this.#end) this.#lengths[this.#runs - 1]! += count;
    else this.#beginRun(base + first, count);
    this.#cells = at;
    this.#end = base + end;
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

  /**
   * At most `cellsMax` of these cells, from `first` on, and where the rest begins; null for no rest.
   * Gives itself where that is all of it.
   */
  from(first: number, cellsMax: number): CellPage {
    if (first === 0 && this.#cells <= cellsMax) return { cells: this, nextCell: null };
    const cells = new CellRuns();
    for (let run = 0, at = 0; run < this.#runs; at += this.#lengths[run]!, run++) {
      const begin = this.#firsts[run]!;
      for (let i = Math.max(0, first - begin); i < this.#lengths[run]!; i++) {
        if (cells.cellCount === cellsMax) return { cells, nextCell: begin + i };
        cells.push(begin + i, this.#values[at + i]!);
      }
    }
    return { cells, nextCell: null };
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

/**
 * The cells of a shard that changed after `sinceSeq`. Where its stamps were dropped, every cell that is
 * not zero counts as changed.
 */
export function changedCells(shard: Shard, sinceSeq: number): CellRuns {
  const cells = new CellRuns(RUNS_GUESSED, CELLS_GUESSED);
  const { pages, stamps, cellCount } = shard;
  for (let base = 0; base < cellCount; base += PAGE_CELLS) {
    const page = pages[pageOf(base)];
    if (page === undefined) break;
    const end = Math.min(PAGE_CELLS, cellCount - base);
    const pageStamps = stamps?.[pageOf(base)];
    if (pageStamps === undefined) takeWritten(cells, base, page, end);
    else takeNewer(cells, base, page, end, pageStamps, sinceSeq);
  }
  return cells;
}

/** A node looks at every cell of every shard in every round: the search for the next run is all it does. */
function takeNewer(
  cells: CellRuns,
  base: number,
  page: Float64Array,
  end: number,
  stamps: PageStamps,
  sinceSeq: number,
): void {
  const { common } = stamps;
  if (common !== null) {
    const stop = Math.min(stamps.end, end);
    if (common > sinceSeq && stamps.first < stop) cells.take(base, page, stamps.first, stop);
    return;
  }
  const seqs = stamps.each();
  for (let i = 0; i < end;) {
    while (i < end && seqs[i]! <= sinceSeq) i++;
    const first = i;
    while (i < end && seqs[i]! > sinceSeq) i++;
    if (i > first) cells.take(base, page, first, i);
  }
}

function takeWritten(cells: CellRuns, base: number, page: Float64Array, end: number): void {
  for (let i = 0; i < end;) {
    while (i < end && page[i] === 0) i++;
    const first = i;
    while (i < end && page[i] !== 0) i++;
    if (i > first) cells.take(base, page, first, i);
  }
}
