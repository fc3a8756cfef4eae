import { indexOf, PAGE_CELLS, pageOf } from "../../metrics/cells.ts";
import type { Shard } from "../../metrics/shard.ts";

/**
 * Cells with new values, as runs of neighbours in ascending order. Plain arrays of numbers, since one
 * exchange carries hundreds of thousands of them.
 */
export class CellRuns {
  #firsts = new Uint32Array(16);
  #lengths = new Uint32Array(16);
  #values = new Float64Array(64);
  #runs = 0;
  #cells = 0;
  #end = 0;

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
      if (this.#runs === this.#firsts.length) {
        this.#firsts = grown(this.#firsts, Uint32Array);
        this.#lengths = grown(this.#lengths, Uint32Array);
      }
      this.#firsts[this.#runs] = cell;
      this.#lengths[this.#runs++] = 1;
    }
    this.#end = cell + 1;
  }

  /** Appends the runs of a later page. */
  append(page: CellRuns): void {
    for (let run = 0, at = 0; run < page.runCount; run++) {
      const first = page.firstOf(run);
      for (let i = 0; i < page.lengthOf(run); i++) this.push(first + i, page.values[at++]!);
    }
  }
}

function grown<T extends Uint32Array | Float64Array>(
  array: T,
  Kind: new (length: number) => T,
): T {
  const larger = new Kind(array.length * 2);
  larger.set(array as never);
  return larger;
}

/** Cells of a shard, and where the next page begins; null when there is none. */
export interface ChangedCells {
  readonly cells: CellRuns;
  readonly nextCell: number | null;
}

/**
 * The cells from `fromCell` on that changed after `sinceSeq`, at most `cellsMax` of them. Where the
 * shard's stamps were dropped, every cell that is not zero counts as changed.
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
    const end = Math.min(PAGE_CELLS, cellCount - base);
    for (let i = indexOf(cell); i < end; i++) {
      const changed = pageStamps === undefined ? page[i] !== 0 : pageStamps[i]! > sinceSeq;
      if (!changed) continue;
      if (cells.cellCount >= cellsMax) return { cells, nextCell: base + i };
      cells.push(base + i, page[i]!);
    }
    cell = base + PAGE_CELLS;
  }
  return { cells, nextCell: null };
}
