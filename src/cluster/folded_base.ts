import {
  type FoldedSeries,
  FoldedSums,
  type Folding,
  type SummedShard,
} from "../metrics/merge/folded_sums.ts";
import { hashOfFolded } from "./folded_hash.ts";
import type { IncarnationId } from "./identity.ts";
import type { FoldedRow } from "./wire/message.ts";

/** Incarnations that are remembered to be folded. A copy of one that is forgotten would count again. */
export const FOLDED_IDS_MAX = 100_000;
/** The latest folded incarnations, which peers whose base differs are told. */
export const RECENT_ROWS_MAX = 1_000;

/** Hashes of bases that are remembered to hold nothing that this one lacks. */
const COVERED_MAX = 256;

/** A whole base, as another node or a file tells it. */
export interface FoldedImage {
  readonly ids: readonly FoldedRow[];
  readonly shard: SummedShard;
  readonly series: readonly FoldedSeries[];
  readonly createdMsOf: (series: number) => number | null;
}

/** One incarnation to fold: its shard, and what is kept of it. */
export interface FoldedLife extends Folding {
  readonly incarnation: IncarnationId;
}

/**
 * The sum of all incarnations that are long gone, and which they were, up to which seq. Two bases meet
 * by their ids: each node folds its own copies of what the other has folded, and then takes the larger
 * sum of each cell. That is associative, never lower than either, and never more than what happened.
 */
export class FoldedBase {
  readonly #ids = new Map<IncarnationId, number>();
  readonly #sums = new FoldedSums();
  #hash: string | null = null;
  readonly #covered = new Set<string>();
  #forgottenIds = 0;
  #divergences = 0;

  /** What was folded, and up to which seq, in the order in which it was. */
  get ids(): ReadonlyMap<IncarnationId, number> {
    return this.#ids;
  }

  /** The sums. */
  get sums(): FoldedSums {
    return this.#sums;
  }

  /** Incarnations that were folded so long ago that their ids were dropped. */
  get forgottenIds(): number {
    return this.#forgottenIds;
  }

  /** The same 16 hexadecimal digits wherever the same incarnations give the same sums. */
  get hash(): string {
    if (this.#hash === null) {
      this.#hash = hashOfFolded(this.#ids, this.#sums.shard);
      this.noteCovered(this.#hash);
    }
    return this.#hash;
  }

  /** Joins by which a sum rose of which this node had folded all: two nodes had not seen the same. */
  get divergences(): number {
    return this.#divergences;
  }

  /** Whether a base of this hash is known to hold nothing that this one lacks. */
  covers(hash: string): boolean {
    return hash === this.hash || this.#covered.has(hash);
  }

  /** Notes that a base of this hash holds nothing that this one lacks. */
  noteCovered(hash: string): void {
    this.#covered.delete(hash);
    this.#covered.add(hash);
    if (this.#covered.size <= COVERED_MAX) return;
    const [oldest] = this.#covered;
    this.#covered.delete(oldest!);
  }

  /** The latest folded incarnations, at most {@linkcode RECENT_ROWS_MAX}. */
  recent(): FoldedRow[] {
    const skipped = this.#ids.size - RECENT_ROWS_MAX;
    const rows: FoldedRow[] = [];
    let at = 0;
    for (const [incarnation, seq] of this.#ids) {
      if (at++ >= skipped) rows.push({ incarnation, seq });
    }
    return rows;
  }

  /** Everything, for another node or a file. */
  image(): FoldedImage {
    return {
      ids: Array.from(this.#ids, ([incarnation, seq]) => ({ incarnation, seq })),
      shard: this.#sums.shard,
      series: this.#sums.series,
      createdMsOf: (series) => this.#sums.createdMsOf(series),
    };
  }

  /** Folds incarnations, each once. */
  fold(lives: readonly FoldedLife[]): void {
    const fresh = lives.filter(({ incarnation }) => !this.#ids.has(incarnation));
    if (fresh.length === 0) return;
    this.#sums.add(fresh);
    for (const { incarnation, shard } of fresh) this.#noteId(incarnation, shard.seq);
    this.#hash = null;
  }

  /**
   * Takes over another node's base. The own copies of what it has folded must have been folded before.
   */
  join(image: FoldedImage, hash: string): void {
    const isSame = image.ids.every(({ incarnation }) => this.#ids.has(incarnation));
    const raised = this.#sums.takeLarger(image.shard, image.series, image.createdMsOf);
    if (isSame && raised > 0) this.#divergences++;
    for (const { incarnation, seq } of image.ids) {
      this.#noteId(incarnation, Math.max(seq, this.#ids.get(incarnation) ?? 0));
    }
    this.#hash = null;
    this.noteCovered(hash);
  }

  /** Keeps only the series for which `isKept`. Other bases may have what is not kept. */
  keep(isKept: (series: number) => boolean): void {
    this.#sums.keep(isKept);
    this.#covered.clear();
    this.#hash = null;
  }

  #noteId(incarnation: IncarnationId, seq: number): void {
    this.#ids.set(incarnation, seq);
    if (this.#ids.size <= FOLDED_IDS_MAX) return;
    const [oldest] = this.#ids.keys();
    this.#ids.delete(oldest!);
    this.#forgottenIds++;
  }
}
