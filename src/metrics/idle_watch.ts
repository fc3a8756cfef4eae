import type { OwnShard } from "./own_shard.ts";

/** A look at a shard: what had changed by then was not idle before. */
interface Look {
  readonly atMs: number;
  readonly seq: number;
  readonly seriesCount: number;
}

const LOOKS_PER_TTL = 4;

/** What is wrong with a lifetime, as the rest of a sentence, or null. */
export function idleTtlProblem(idleTtlMs: number | undefined): string | null {
  if (idleTtlMs === undefined || idleTtlMs > 0 && idleTtlMs < Infinity) return null;
  return `idleTtlMs must be a finite number above 0, left out for never: received ${idleTtlMs}`;
}

/**
 * Finds the series of one family that have not changed for long. It asks the stamps of their cells
 * when they last changed, a few times in a lifetime, so counting costs nothing.
 */
export class IdleWatch {
  readonly #shard: OwnShard;
  readonly #families: number[];
  readonly #ttlMs: number;
  #remove: (series: number) => void = () => {};
  /** The looks that are not older than the lifetime, and the last one that is. */
  readonly #looks: Look[] = [];
  /** By series: the seq at which it was last set or shown, where no change of a cell tells. */
  readonly #touched = new Map<number, number>();

  constructor(shard: OwnShard, family: number, ttlMs: number) {
    this.#shard = shard;
    this.#families = [family];
    this.#ttlMs = ttlMs;
  }

  /** Looks at the series of one more family of the layout, as that of an overflow series. */
  include(family: number): void {
    this.#families.push(family);
  }

  /** Sets what removes a series that is idle. */
  onIdle(remove: (series: number) => void): void {
    this.#remove = remove;
  }

  /** Notes that a series was set or shown. */
  touch(series: number): void {
    this.#touched.set(series, this.#shard.seq + 1);
  }

  /** Removes what is idle by now. Call it before the shard is stamped. */
  look(nowMs: number): void {
    const last = this.#looks.at(-1);
    if (last !== undefined && nowMs - last.atMs < this.#ttlMs / LOOKS_PER_TTL) return;
    const { seq, layout } = this.#shard;
    this.#looks.push({ atMs: nowMs, seq, seriesCount: layout.seriesCount });
    while (this.#looks.length > 1 && nowMs - this.#looks[1]!.atMs >= this.#ttlMs) {
      this.#looks.shift();
    }
    const before = this.#looks[0]!;
    if (nowMs - before.atMs < this.#ttlMs) return;
    for (let series = 0; series < before.seriesCount; series++) {
      if (!this.#families.includes(layout.familyOf(series)) || layout.isHidden(series)) continue;
      const touched = this.#touched.get(series) ?? 0;
      if (Math.max(touched, this.#shard.lastChangeOf(series)) > before.seq) continue;
      this.#touched.delete(series);
      this.#remove(series);
    }
  }
}
