import { type Rows, TableSegment } from "./table_segment.ts";

/** Keys that a segment is meant for: rebuilding one takes about a millisecond. */
const SEGMENT_KEYS = 16_384;

/**
 * Rows for each key that is promised: random fingerprints fill segments unevenly, and a segment forgets
 * keys when 7/8 of its rows are alive. A tenth more would need a deviation of six sigmas.
 */
const SPARE = 1.25;

/** What a table is made for. */
export interface KeyTableOptions {
  readonly rows: Rows;
  /** Keys that it holds without forgetting any. It may hold a quarter more. */
  readonly keysMax: number;
}

/**
 * A map from 64-bit fingerprints of keys to rows of numbers, in typed arrays: 8 bytes for each
 * fingerprint and 8 for each number, in at most four slots a key. It is cut into segments that grow
 * one by one, so that no call has to move a million keys.
 */
export class KeyTable {
  readonly #segments: readonly TableSegment[];
  readonly #mask: number;
  #nextSwept = 0;

  constructor({ rows, keysMax }: KeyTableOptions) {
    const segments = 2 ** Math.max(0, Math.floor(Math.log2(keysMax / SEGMENT_KEYS)));
    const segmentMax = Math.ceil(keysMax / segments * SPARE);
    this.#segments = Array.from({ length: segments }, () => new TableSegment(rows, segmentMax));
    this.#mask = segments - 1;
  }

  /** Keys that it holds; some of them may have expired. */
  get size(): number {
    return this.#segments.reduce((sum, { used }) => sum + used, 0);
  }

  /** Keys that were forgotten before they expired. */
  get evictions(): number {
    return this.#segments.reduce((sum, { evictions }) => sum + evictions, 0);
  }

  /** Bytes of its arrays. */
  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Where rows of fingerprints with this half are found and claimed. */
  segmentOf(hi: number): TableSegment {
    return this.#segments[hi & this.#mask]!;
  }

  /** Gives memory of expired keys back: of the next segment alone, so that no call takes long. */
  sweep(): void {
    this.#segments[this.#nextSwept++ & this.#mask]!.sweep();
  }
}
