/** Cells in one page. A power of two, so that a cell number splits into page and index by shifts. */
export const PAGE_CELLS = 1024;
const PAGE_BITS = 10;
const PAGE_MASK = PAGE_CELLS - 1;

/** The number of the page that holds a cell. */
export function pageOf(cell: number): number {
  return cell >>> PAGE_BITS;
}

/** Where in its page a cell is. */
export function indexOf(cell: number): number {
  return cell & PAGE_MASK;
}

/**
 * Appends pages that are all zero until there are `count`. What is missing is made in one piece of
 * memory: making many pieces takes longer than filling them.
 */
export function extendPages<T extends Float64Array | Uint8Array>(
  pages: T[],
  Kind: new (length: number) => T,
  count: number,
): void {
  if (count <= pages.length) return;
  const all = new Kind((count - pages.length) * PAGE_CELLS);
  for (let at = 0; at < all.length; at += PAGE_CELLS) {
    pages.push(all.length === PAGE_CELLS ? all : all.subarray(at, at + PAGE_CELLS) as T);
  }
}

/**
 * A growing store of float64 cells in pages of fixed size. A page never moves once made, so a metric
 * keeps `(page, index)` and writes without asking anybody.
 */
export class Cells {
  readonly #pages: Float64Array[] = [];
  readonly #numbers = new Map<Float64Array, number>();
  #length = 0;

  /** The pages, the last of them perhaps partly used. */
  get pages(): readonly Float64Array[] {
    return this.#pages;
  }

  /** Cells in use, holes included. */
  get length(): number {
    return this.#length;
  }

  /**
   * Reserves `count` neighbouring cells in one page and returns the first one's number. Where the
   * last page has no room for all of them, its rest stays unused: a hole that is zero for ever.
   *
   * @throws {RangeError} if `count` cells do not fit into one page.
   */
  allocate(count: number): number {
    if (count < 1 || count > PAGE_CELLS) {
      throw new RangeError(
        `Cannot allocate cells: count must be 1 to ${PAGE_CELLS}: received ${count}`,
      );
    }
    const end = this.endAfter(count);
    this.extendTo(end);
    return end - count;
  }

  /** What {@linkcode Cells.length} would be after `count` more cells were allocated. */
  endAfter(count: number): number {
    const left = PAGE_CELLS - indexOf(this.#length);
    return this.#length + count + (count <= left ? 0 : left);
  }

  /** Makes sure that cells `0` to `length - 1` exist, new ones being zero. */
  extendTo(length: number): void {
    const known = this.#pages.length;
    extendPages(this.#pages, Float64Array, Math.ceil(length / PAGE_CELLS));
    for (let page = known; page < this.#pages.length; page++) {
      this.#numbers.set(this.#pages[page]!, page);
    }
    if (length > this.#length) this.#length = length;
  }

  /** The number of the cell at a place of one of the pages. */
  cellAt(page: Float64Array, index: number): number {
    return this.#numbers.get(page)! * PAGE_CELLS + index;
  }

  /** The value of a cell; zero where there is none. */
  get(cell: number): number {
    return this.#pages[pageOf(cell)]?.[indexOf(cell)] ?? 0;
  }

  /** Writes a cell that exists. */
  set(cell: number, value: number): void {
    this.#pages[pageOf(cell)]![indexOf(cell)] = value;
  }
}
