/** Bytes that may be read past a text's end, or written past a copy's, because copies move words. */
export const COPY_SLACK = 8;

const SEGMENT_BITS = 20;
const SEGMENT_BYTES = 1 << SEGMENT_BITS;
const SEGMENT_MASK = SEGMENT_BYTES - 1;
const SEGMENT_BYTES_MIN = 4096;
const ENCODER = new TextEncoder();

/**
 * An append-only store of byte runs. What was appended never moves, so that growing never takes longer
 * than making one more segment, of 1 MiB at most.
 */
export class ByteArena {
  readonly #segments: DataView[] = [];
  #bytes = new Uint8Array(0);
  #used = 0;
  #lastPlace = 0;
  #total = 0;

  /** Where the last run is. */
  get lastPlace(): number {
    return this.#lastPlace;
  }

  /** The segment that holds a run, with {@linkcode COPY_SLACK} bytes after the run. */
  viewAt(place: number): DataView {
    return this.#segments[place >>> SEGMENT_BITS]!;
  }

  /** Where in its segment a run begins. */
  offsetAt(place: number): number {
    return place & SEGMENT_MASK;
  }

  /** Appends text and returns how many bytes it has. A lone surrogate becomes U+FFFD. */
  append(text: string): number {
    this.#reserve(text.length * 3);
    return this.#add(ENCODER.encodeInto(text, this.#bytes.subarray(this.#used)).written);
  }

  /** Appends bytes and returns how many there are. */
  appendBytes(bytes: Uint8Array): number {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#used);
    return this.#add(bytes.length);
  }

  #add(length: number): number {
    this.#lastPlace = (this.#segments.length - 1) * SEGMENT_BYTES + this.#used;
    this.#used += length;
    return length;
  }

  #reserve(count: number): void {
    const needed = this.#used + count + COPY_SLACK;
    // A run begins within the first MiB of its segment, so that its place can say where.
    if (needed <= this.#bytes.length && this.#used < SEGMENT_BYTES) return;
    // A quarter of all so far: what is made and not yet used stays a small part of the whole.
    const quarter = Math.max(SEGMENT_BYTES_MIN, this.#total >> 2);
    this.#bytes = new Uint8Array(Math.max(Math.min(SEGMENT_BYTES, quarter), count + COPY_SLACK));
    this.#total += this.#bytes.length;
    this.#segments.push(new DataView(this.#bytes.buffer));
    this.#used = 0;
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
