import type { Life } from "./life.ts";
import type { World } from "./world.ts";

/**
 * Who belongs together. A node joins through one that is complete, or founds a cluster of its own where
 * it can know of nobody: behind a partition, with everybody out of reach and out of DNS. Two that were
 * founded apart are one from when any of the one knows any of the other.
 */
export class Islands {
  readonly #world: World;
  /** When each life was seen to be complete first, and the island that it joined. */
  readonly #joined = new Map<Life, { readonly atMs: number; readonly island: number }>();
  /** By island: those that it is one with, and since when. */
  readonly #metAtMs: Map<number, number>[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** Looks who has joined whom by now. */
  watch(): void {
    const { nowMs, alive } = this.#world;
    const complete = alive.filter(({ node }) => node.node.exchange.isComplete);
    for (const life of complete) {
      if (this.#joined.has(life)) continue;
      const through = complete.find((other) => this.#joined.has(other) && know(life, other));
      const island = this.#joined.get(through!)?.island ?? this.#found(nowMs);
      this.#joined.set(life, { atMs: nowMs, island });
    }
    if (this.#metAtMs.length < 2) return;
    for (const a of complete) {
      for (const b of complete) if (know(a, b)) this.#meet(a, b);
    }
  }

  /** Since when two belong together; Infinity where they don't. */
  metAtMs(a: Life, b: Life): number {
    const [joinedA, joinedB] = [this.#joined.get(a), this.#joined.get(b)];
    if (joinedA === undefined) return Infinity;
    // Who has not joined vouches for nothing, so it must keep to what anybody said.
    if (joinedB === undefined) return joinedA.atMs;
    const metMs = this.#metAtMs[joinedA.island]!.get(joinedB.island) ?? Infinity;
    return Math.max(joinedA.atMs, metMs);
  }

  #found(nowMs: number): number {
    return this.#metAtMs.push(new Map([[this.#metAtMs.length, nowMs]])) - 1;
  }

  #meet(a: Life, b: Life): void {
    const [one, other] = [this.#joined.get(a)!.island, this.#joined.get(b)!.island];
    if (this.#metAtMs[one]!.has(other)) return;
    this.#world.tell(`the cluster of ${a.name} meets that of ${b.name}`);
    const [ones, others] = [one, other].map((island) => [...this.#metAtMs[island]!.keys()]);
    for (const i of ones!) {
      for (const j of others!) {
        this.#metAtMs[i]!.set(j, this.#world.nowMs);
        this.#metAtMs[j]!.set(i, this.#world.nowMs);
      }
    }
  }
}

function know(a: Life, b: Life): boolean {
  return a.node.node.invalidations.living.includes(b.node.incarnation) ||
    b.node.node.invalidations.living.includes(a.node.incarnation);
}
