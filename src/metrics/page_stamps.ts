import { PAGE_CELLS } from "./cells.ts";

/** Fewer cells than this are stamped one by one: a call of `fill` would cost more. */
const FILLED_CELLS_MIN = 24;

/**
 * The seqs at which the cells of one page last changed; 0 for never. A copy often gets all cells of a
 * page at once: then they have one seq, and it takes no memory to say so.
 */
export class PageStamps {
  #first = PAGE_CELLS;
  #end = 0;
  #common = 0;
  #each: Uint32Array | null = null;
  #isCommon = true;

  /** The first cell that was ever stamped. */
  get first(): number {
    return this.#first;
  }

  /** The cell after the last one that was ever stamped. */
  get end(): number {
    return this.#end;
  }

  /** The seq that all cells between these two have; null where each has its own. */
  get common(): number | null {
    return this.#isCommon ? this.#common : null;
  }

  /** The seq of a cell. */
  at(cell: number): number {
    if (!this.#isCommon) return this.#each![cell]!;
    return cell >= this.#first && cell < this.#end ? this.#common : 0;
  }

  /** Bytes that the seqs take. */
  get byteLength(): number {
    return this.#each?.byteLength ?? 0;
  }

  /** The seqs one by one, from here on. */
  each(): Uint32Array {
    this.#each ??= new Uint32Array(PAGE_CELLS);
    if (this.#isCommon) {
      this.#each.fill(0);
      this.#each.fill(this.#common, this.#first, this.#end);
      this.#isCommon = false;
    }
    return this.#each;
  }

  /** Stamps the cells from `first` to before `end`. */
  stamp(seq: number, first: number, end: number): void {
    if (first <= this.#first && end >= this.#end) {
      this.#isCommon = true;
      this.#common = seq;
    } else {
      const each = this.each();
      if (end - first < FILLED_CELLS_MIN) { for (let i = first; i < end; i++) each[i] = seq; }
      else each.fill(seq, first, end);
    }
    if (first < this.#first) this.#first = first;
    if (end > this.#end) this.#end = end;
  }
}
