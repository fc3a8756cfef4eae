import type { Cells } from "./cells.ts";

/** How many cells a shard may have, and who is told when there is no room. */
export class CellBudget {
  readonly #cells: Cells;
  readonly #cellsMax: number;
  readonly #onOverflow: (family: string) => void;
  /** Cells that are kept for overflow series, with the holes that they may leave. */
  #reserved = 0;
  #isReporting = false;

  constructor(cells: Cells, cellsMax: number, onOverflow: (family: string) => void) {
    this.#cells = cells;
    this.#cellsMax = cellsMax;
    this.#onOverflow = onOverflow;
  }

  /** Whether so many neighbouring cells can be had. Peers refuse a shard that has more than allowed. */
  hasRoom(count: number): boolean {
    return this.#cells.endAfter(count) + this.#reserved <= this.#cellsMax;
  }

  /**
   * Does nothing where there is room for what a metric needs from the beginning.
   *
   * @throws {RangeError} where there is none.
   */
  need(family: string, count: number): void {
    if (this.hasRoom(count)) return;
    throw new RangeError(
      `Cannot register "${family}": its cells must fit into the registry: received ${count}, with ` +
        `${this.#cells.length} that are in use, ${this.#reserved} that are kept for the first and the ` +
        `overflow series of families, and a cellsMax of ${this.#cellsMax}: raise it ` +
        `(METRICS_CELLS_MAX of a node), or register less`,
    );
  }

  /** Cells that are kept for later. */
  get reserved(): number {
    return this.#reserved;
  }

  /** Keeps room for later; negative to give it back. */
  reserve(count: number): void {
    this.#reserved += count;
  }

  /** Tells that a family found no room. */
  report(family: string): void {
    // Whoever is told may count it in a metric that has no room either.
    if (this.#isReporting) return;
    this.#isReporting = true;
    try {
      this.#onOverflow(family);
    } catch {
      // Whoever is told must not keep the value from being counted, nor the program from its work.
    } finally {
      this.#isReporting = false;
    }
  }
}
