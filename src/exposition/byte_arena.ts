/** Bytes that may be read past an arena's end, or written past a copy's, because copies move words. */
export const COPY_SLACK = 8;

const BYTES_MIN = 256;
const GROWTH = 1.25;
const ENCODER = new TextEncoder();

/** An append-only run of bytes. What was appended keeps its offset. */
export class ByteArena {
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Bytes in use. */
  get length(): number {
    return this.#length;
  }

  /** The text so far, with {@linkcode COPY_SLACK} bytes after it. Another one after an append. */
  get view(): DataView {
    return this.#view;
  }

  /** Appends text and returns where it ends. A lone surrogate becomes U+FFFD. */
  append(text: string): number {
    this.#reserve(text.length * 3);
    this.#length += ENCODER.encodeInto(text, this.#bytes.subarray(this.#length)).written;
    return this.#length;
  }

  /** Appends bytes and returns where they end. */
  appendBytes(bytes: Uint8Array): number {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this.#length;
  }

  #reserve(count: number): void {
    const needed = this.#length + count + COPY_SLACK;
    if (needed <= this.#bytes.length) return;
    const bytes = new Uint8Array(
      Math.max(BYTES_MIN, needed, Math.ceil(this.#bytes.length * GROWTH)),
    );
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/**
 * Copies bytes between views, eight at a time: for the short pieces of a sample line much faster than
 * a call of `set`. (As integers, since a float64 may lose the bits of a NaN; optimized code makes no
 * BigInt of them.) Reads and writes up to {@linkcode COPY_SLACK} bytes too many, so both views need as
 * much room, and what follows in `to` must be written afterwards. Returns where the copy ends.
 */
export function copyWords(
  from: DataView,
  start: number,
  length: number,
  to: DataView,
  at: number,
): number {
  for (let i = 0; i < length; i += 8) {
    to.setBigUint64(at + i, from.getBigUint64(start + i, true), true);
  }
  return at + length;
}
