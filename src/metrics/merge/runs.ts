import { indexOf, PAGE_CELLS } from "../cells.ts";

/**
 * Which cells of a shard are added to which merged cells, as runs of neighbours that are neighbours on
 * both sides: `from, to, count` in turn, in one flat array. No run leaves its source page.
 */
export class Runs {
  readonly #triples: number[] = [];

  /** The runs, three numbers each. */
  get triples(): readonly number[] {
    return this.#triples;
  }

  /** How many numbers of the triples are the same as those of `other`, from the first on. */
  sharedWith({ triples: theirs }: Runs): number {
    const triples = this.#triples;
    const end = Math.min(triples.length, theirs.length);
    let at = 0;
    while (at < end && triples[at] === theirs[at]) at++;
    return at - at % 3;
  }

  /** Takes all runs away. */
  clear(): void {
    this.#triples.length = 0;
  }

  /** Adds neighbouring cells, which lengthen the last run where they continue it. */
  add(from: number, to: number, count: number): void {
    while (count > 0) {
      const piece = Math.min(count, PAGE_CELLS - indexOf(from));
      this.#addPiece(from, to, piece);
      from += piece;
      to += piece;
      count -= piece;
    }
  }

  #addPiece(from: number, to: number, count: number): void {
    const triples = this.#triples;
    const last = triples.length - 3;
    if (last >= 0 && indexOf(from) !== 0) {
      const length = triples[last + 2]!;
      if (triples[last]! + length === from && triples[last + 1]! + length === to) {
        triples[last + 2] = length + count;
        return;
      }
    }
    triples.push(from, to, count);
  }
}
