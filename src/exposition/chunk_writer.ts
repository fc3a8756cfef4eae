import { COPY_SLACK } from "./byte_arena.ts";

/** The size of an ordinary chunk: some hundreds of lines, rendered in well under a millisecond. */
export const CHUNK_BYTES = 65_536;

/** A chunk that only lets the caller pause. */
export const NO_BYTES: Uint8Array<ArrayBuffer> = new Uint8Array(0);

/**
 * Whose chunks are: `kept` ones are the caller's for good. `lent` ones are the caller's until it takes
 * the next, which is written over the one before: nothing is allocated for them.
 */
export type ChunkUse = "kept" | "lent";

/**
 * The chunk that is being filled. Who writes reserves first, and then writes to `bytes` or `view`
 * from `at` on, and moves `at`.
 */
export class ChunkWriter {
  /** The chunk. Another one after a reservation that handed the chunk out. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(CHUNK_BYTES);
  /** The same bytes. */
  view: DataView = new DataView(this.bytes.buffer);
  /** Where the next byte goes. */
  at = 0;
  readonly #use: ChunkUse;

  constructor(use: ChunkUse = "kept") {
    this.#use = use;
  }

  /**
   * Makes room for `count` bytes and the slack of a word-wise copy. Returns the full chunk if a new
   * one had to be begun, for the caller to hand on before anything is written. A chunk grows beyond its
   * ordinary size if it must.
   */
  reserve(count: number): Uint8Array<ArrayBuffer> | null {
    if (this.at + count + COPY_SLACK <= this.bytes.length) return null;
    const full = this.take();
    const needed = count + COPY_SLACK;
    if (this.#use === "kept" || needed > this.bytes.length) {
      this.bytes = new Uint8Array(Math.max(CHUNK_BYTES, needed));
      this.view = new DataView(this.bytes.buffer);
    }
    this.at = 0;
    return full;
  }

  /** Appends bytes for which room was reserved. */
  append(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** What has been written to the chunk, or null if nothing. */
  take(): Uint8Array<ArrayBuffer> | null {
    return this.at === 0 ? null : this.bytes.subarray(0, this.at);
  }
}
