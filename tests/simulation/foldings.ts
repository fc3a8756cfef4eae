import type { FoldedBase } from "../../src/cluster/folded_base.ts";
import type { IncarnationId } from "../../src/cluster/identity.ts";

/**
 * Sees what every node folds, and whether two nodes did not fold the same. From then on the larger sum,
 * which is what bases join by, may be less than what was counted; it is never more.
 */
export class Foldings {
  readonly #seqs = new Map<IncarnationId, number>();
  /** How often incarnations were folded, and bases joined. */
  readonly counts = { folded: 0, joined: 0 };
  #haveDiverged = false;

  /** Whether any two bases may know different things of which neither is all. */
  get haveDiverged(): boolean {
    return this.#haveDiverged;
  }

  /** Looks at what a node's base is told to do; `onFirst` hears of whom nobody folded before. */
  watch(base: FoldedBase, onFirst: (incarnation: IncarnationId) => void): void {
    const { fold, join } = base;
    base.fold = (lives) => {
      for (const { incarnation, shard: { seq } } of lives) {
        this.counts.folded++;
        const known = this.#seqs.get(incarnation);
        if (known === undefined) onFirst(incarnation);
        if (known !== undefined && known !== seq) this.#haveDiverged = true;
        this.#seqs.set(incarnation, seq);
      }
      fold.call(base, lives);
    };
    base.join = (image, hash) => {
      this.counts.joined++;
      const theirs = new Set(image.ids.map(({ incarnation }) => incarnation));
      const isAhead = [...base.ids.keys()].some((incarnation) => !theirs.has(incarnation));
      const isBehind = image.ids.some(({ incarnation }) => !base.ids.has(incarnation));
      if (isAhead && isBehind) this.#haveDiverged = true;
      join.call(base, image, hash);
    };
  }
}
