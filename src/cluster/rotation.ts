import { type Random, shuffled } from "../io/random.ts";

/** Peers asked in a round at most, however large the cluster. */
const FANOUT_MAX = 7;
const FANOUT_MIN = 3;

/** How many of `peers` a round asks. */
export function fanout(peers: number): number {
  const wanted = Math.max(FANOUT_MIN, Math.ceil(Math.log2(peers + 1)));
  return Math.min(peers, FANOUT_MAX, wanted);
}

/** Whom each round asks: everybody has a turn before anybody has another, in an order drawn anew. */
export class Rotation {
  readonly #random: Random;
  #waiting: string[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** The `count` peers of the next round, out of those that there are now. */
  next(targets: readonly string[], count: number = fanout(targets.length)): string[] {
    const known = new Set(targets);
    this.#waiting = this.#waiting.filter((address) => known.has(address));
    const waiting = new Set(this.#waiting);
    if (this.#waiting.length < count) {
      const others = targets.filter((address) => !waiting.has(address));
      this.#waiting.push(...shuffled(this.#random, others));
    }
    return this.#waiting.splice(0, count);
  }
}
