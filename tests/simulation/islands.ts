import type { Life } from "./life.ts";
import type { World } from "./world.ts";

/**
 * Who belongs together. A node joins through one that is complete, or founds a cluster of its own where
 * it can know of nobody: behind a partition, with everybody out of reach and out of DNS. Of two that
 * were founded apart one has met the other from when any of it knows any of the other: that is maybe
 * sooner than the other way round, as questions may arrive whose answers are lost.
 */
export class Islands {
  readonly #world: World;
  /** When each life was seen to be complete first, and the island that it joined. */
  readonly #joined = new Map<Life, { readonly atMs: number; readonly island: number }>();
  /** By island: those that it has met, and since when. */
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
      const through = complete.find((other) => this.#joined.has(other) && knows(life, other));
      const island = this.#joined.get(through!)?.island ?? this.#found(nowMs);
      this.#joined.set(life, { atMs: nowMs, island });
    }
    if (this.#metAtMs.length < 2) return;
    for (const a of complete) {
      for (const b of complete) if (knows(a, b)) this.#meet(a, b);
    }
  }

  /** Since when a reader can know of a writer; Infinity where it can't. */
  metAtMs(writer: Life, reader: Life): number {
    const [written, read] = [this.#joined.get(writer), this.#joined.get(reader)];
    if (written === undefined) return Infinity;
    // Who has not joined vouches for nothing, so it must keep to what anybody said.
    if (read === undefined) return written.atMs;
    const metMs = this.#metAtMs[read.island]!.get(written.island) ?? Infinity;
    return Math.max(written.atMs, metMs);
  }

  #found(nowMs: number): number {
    return this.#metAtMs.push(new Map([[this.#metAtMs.length, nowMs]])) - 1;
  }

  #meet(a: Life, b: Life): void {
    const [one, other] = [this.#joined.get(a)!.island, this.#joined.get(b)!.island];
    if (this.#metAtMs[one]!.has(other)) return;
    this.#world.tell(`the cluster of ${a.name} meets that of ${b.name}`);
    const others = [...this.#metAtMs[other]!.keys()];
    for (const met of this.#metAtMs) {
      if (!met.has(one)) continue;
      for (const each of others) if (!met.has(each)) met.set(each, this.#world.nowMs);
    }
  }
}

function knows(a: Life, b: Life): boolean {
  return a.node.node.invalidations.living.includes(b.node.incarnation);
}
