import { indexOf, PAGE_CELLS, pageOf } from "../cells.ts";
import {
  addCells,
  addFourCells,
  addLowHalves,
  type FourPages,
  type Pairs,
  roundPairs,
} from "../two_sum.ts";
import type { Runs } from "./runs.ts";

/** Cells that are cleared or rounded in one step. */
const STEP_CELLS = 131_072;

/** Shards that can be added at once. */
export const TOGETHER_MAX = 4;

const NO_PAGE = new Float64Array(PAGE_CELLS);

/** Cells of a shard, and where they are added to. */
export interface Part {
  readonly runs: Runs;
  readonly pages: readonly Float64Array[];
}

/** The merged cells: contiguous to add to, and shown as pages, which are views of the same memory. */
export class Accumulator {
  #pairs: Pairs = { high: new Float64Array(0), low: new Float64Array(0) };
  #cellCount = 0;
  #pages: Float64Array[] = [];
  #lowPages: Float64Array[] = [];

  /** The totals; rounded once {@linkcode Accumulator.round} was called. */
  get high(): Float64Array {
    return this.#pairs.high;
  }

  /** What rounding left out of the totals. */
  get low(): Float64Array {
    return this.#pairs.low;
  }

  get pages(): readonly Float64Array[] {
    return this.#pages;
  }

  get lowPages(): readonly Float64Array[] {
    return this.#lowPages;
  }

  /**
   * Makes `cellCount` cells, all zero, in steps: yields how many cells the next one goes through. The
   * pages are replaced only when there have to be others.
   */
  *clear(cellCount: number): Generator<number, void> {
    const pages = Math.ceil(cellCount / PAGE_CELLS);
    if (pages * PAGE_CELLS > this.high.length) {
      const cells = Math.max(pages * PAGE_CELLS, this.high.length * 2);
      this.#pairs = { high: new Float64Array(cells), low: new Float64Array(cells) };
      this.#pages = [];
      this.#lowPages = [];
    } else {
      for (const [from, end] of slicesOf(this.#cellCount)) {
        yield end - from;
        this.high.fill(0, from, end);
        this.low.fill(0, from, end);
      }
    }
    this.#cellCount = cellCount;
    if (pages !== this.#pages.length) {
      this.#pages = pagesOf(this.high, pages);
      this.#lowPages = pagesOf(this.low, pages);
    }
  }

  /**
   * Adds a shard's cells, the runs before the number `start` of the triples left out. A page that the
   * shard does not have yet is zero.
   */
  add({ runs: { triples }, pages }: Part, low?: readonly Float64Array[], start: number = 0): void {
    for (let i = start; i < triples.length; i += 3) {
      const from = triples[i]!;
      const to = triples[i + 1]!;
      const count = triples[i + 2]!;
      const page = pages[pageOf(from)];
      if (page === undefined) continue;
      addCells(this.#pairs, to, page, indexOf(from), count);
      const lowPage = low?.[pageOf(from)];
      if (lowPage !== undefined) addLowHalves(this.#pairs, to, lowPage, indexOf(from), count);
    }
  }

  /**
   * Adds the cells of up to {@linkcode TOGETHER_MAX} shards, one after another as far as anybody can
   * tell: where their runs begin alike, all of them at once, which takes two thirds of the time.
   */
  addTogether(parts: readonly Part[]): void {
    const first = parts[0]!.runs;
    const shared = Math.min(...parts.map(({ runs }) => runs.sharedWith(first)));
    const { triples } = first;
    for (let i = 0; i < shared; i += 3) {
      const from = triples[i]!;
      const page = (part: number) => parts[part]?.pages[pageOf(from)] ?? NO_PAGE;
      const pages: FourPages = [page(0), page(1), page(2), page(3)];
      addFourCells(this.#pairs, triples[i + 1]!, pages, indexOf(from), triples[i + 2]!);
    }
    for (const part of parts) this.add(part, undefined, shared);
  }

  /** Rounds every total, once, in steps like those of {@linkcode Accumulator.clear}. */
  *round(): Generator<number, void> {
    for (const [from, end] of slicesOf(this.#cellCount)) {
      yield end - from;
      roundPairs(this.#pairs, end, from);
    }
  }
}

function* slicesOf(cellCount: number): Generator<readonly [from: number, end: number], void> {
  for (let from = 0; from < cellCount; from += STEP_CELLS) {
    yield [from, Math.min(cellCount, from + STEP_CELLS)];
  }
}

function pagesOf(cells: Float64Array, count: number): Float64Array[] {
  return Array.from(
    { length: count },
    (_, page) => cells.subarray(page * PAGE_CELLS, (page + 1) * PAGE_CELLS),
  );
}
