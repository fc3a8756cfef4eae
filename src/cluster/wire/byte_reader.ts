import { AsciiCache } from "./ascii_cache.ts";
import { CHECKSUM_BYTES, checksumOf } from "./checksum.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const shortStrings = new AsciiCache();
/** 49 bits, and a last byte that may hold no more than four: together 2^53 - 1. */
const VARINT_BYTES_MAX = 8;
/** A tag and a float64. */
const CELL_BYTES_MAX = 9;
/** The bits of four bytes that are all clear where each is a cell, an integer. */
const FOUR_ONES_MASK = 0x81818181 | 0;
/** The same where they are two such cells of two bytes each: these bits, and of them those set. */
const TWO_TWOS_MASK = 0x80818081 | 0;
const TWO_TWOS = 0x00800080;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The bytes are not what the wire says they must be. The message tells where and what. */
export class WireError extends Error {
  override readonly name = "WireError";
}

/** Reads the wire's primitive values; every read checks that the bytes are there. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, at: number = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
    this.#end = end;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#end - this.#at;
  }

  /** Throws what is wrong here, with the offset. */
  fail(what: string): never {
    throw new WireError(`${what} at byte ${this.#at}`);
  }

  /** See `ByteWriter.varint`. */
  varint(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    if (at >= this.#end) this.fail("a number is missing");
    let byte = bytes[at++]!;
    if (byte < 0x80) {
      this.#at = at;
      return byte;
    }
    let value = byte & 0x7f;
    let scale = 128;
    do {
      if (at >= this.#end) this.fail("a number is cut off");
      if (at - this.#at >= VARINT_BYTES_MAX) this.fail("a number is too long");
      byte = bytes[at++]!;
      value += (byte & 0x7f) * scale;
      scale *= 128;
    } while (byte >= 0x80);
    if (value > Number.MAX_SAFE_INTEGER) this.fail("a number is too large");
    this.#at = at;
    return value;
  }

  /** A varint that may be at most `max`; `what` names it in the error. */
  count(max: number, what: string): number {
    const value = this.varint();
    if (value > max) this.fail(`${what} must be at most ${max}: received ${value}`);
    return value;
  }

  /** See `ByteWriter.float64`. Refuses values that are not finite, which no sum survives. */
  float64(): number {
    if (this.left < 8) this.fail("a float64 is cut off");
    const value = this.#view.getFloat64(this.#at, true);
    if (!Number.isFinite(value)) this.fail(`a float64 must be finite: received ${value}`);
    this.#at += 8;
    return value;
  }

  /** See `ByteWriter.cell`. */
  cell(): number {
    if (this.left > 0 && (this.#bytes[this.#at]! & 1) === 1) {
      if (this.varint() !== 1) this.fail("a cell's tag must be 1");
      return this.float64();
    }
    return this.varint() / 2;
  }

  /**
   * Reads `count` cells into `values` from `at` on, as {@linkcode ByteReader.cell} does, but without
   * calls, and by words of four bytes: most cells are integers of one byte, with more of them behind;
   * nearly all others are integers of up to four, or floats.
   */
  cells(values: Float64Array, at: number, count: number): void {
    const view = this.#view;
    // Nearer to the end than this, the slow path checks that each byte is there.
    const fastEnd = this.#end - CELL_BYTES_MAX;
    const stop = at + count;
    let from = this.#at;
    while (at < stop) {
      if (from < fastEnd) {
        const word = view.getInt32(from, true);
        if ((word & FOUR_ONES_MASK) === 0 && stop - at >= 4) {
          values[at] = (word >> 1) & 0x3f;
          values[at + 1] = (word >> 9) & 0x3f;
          values[at + 2] = (word >> 17) & 0x3f;
          values[at + 3] = word >> 25;
          at += 4;
          from += 4;
          continue;
        }
        if ((word & 1) === 0) {
          if ((word & 0x80) === 0) {
            values[at++] = (word >> 1) & 0x3f;
            from++;
            continue;
          }
          const two = ((word >> 1) & 0x3f) | ((word >> 2) & 0x1fc0);
          if ((word & 0x8000) === 0) {
            values[at++] = two;
            from += 2;
            if ((word & TWO_TWOS_MASK) !== TWO_TWOS || at === stop) continue;
            values[at++] = ((word >> 17) & 0x3f) | ((word >> 18) & 0x1fc0);
            from += 2;
            continue;
          }
          const three = two | ((word >> 3) & 0xfe000);
          if ((word & 0x800000) === 0) {
            values[at++] = three;
            from += 3;
            continue;
          }
          if (word > 0) {
            values[at++] = three | ((word >> 4) & 0x7f00000);
            from += 4;
            continue;
          }
        } else if ((word & 0xff) === 1) {
          const value = view.getFloat64(from + 1, true);
          // False for NaN and both infinities, which the slow path refuses.
          if (value - value === 0) {
            values[at++] = value;
            from += CELL_BYTES_MAX;
            continue;
          }
        }
      }
      this.#at = from;
      values[at++] = this.cell();
      from = this.#at;
    }
    this.#at = from;
  }

  /** See `ByteWriter.string`; at most `max` bytes. */
  string(max: number, what: string): string {
    const length = this.varint();
    if (length > max) this.fail(`the length of ${what} must be at most ${max}: received ${length}`);
    if (length <= this.left) {
      const short = shortStrings.read(this.#bytes, this.#at, length);
      if (short !== undefined) {
        this.#at += length;
        return short;
      }
    }
    const bytes = this.bytes(length);
    try {
      return decoder.decode(bytes);
    } catch {
      return this.fail(`${what} must be UTF-8`);
    }
  }

  /** The next `length` bytes, not copied. */
  bytes(length: number): Uint8Array {
    if (length > this.left) this.fail(`${length} bytes are announced and ${this.left} are left`);
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  /** See `ByteWriter.id`. */
  id(): string {
    let id = "";
    for (const byte of this.bytes(8)) id += HEX[byte];
    return id;
  }

  /**
   * A reader of what is left but for the checksum at the end, which is that of all bytes before it;
   * see `ByteWriter.checksum`.
   */
  checked(): ByteReader {
    const end = this.#end - CHECKSUM_BYTES;
    if (end < this.#at) this.fail("the checksum is cut off");
    const sum = this.#view.getUint32(end, true);
    if (sum !== checksumOf(this.#bytes, end)) {
      this.fail(`the checksum must be that of the bytes before it: received ${sum}`);
    }
    return new ByteReader(this.#bytes, this.#at, end);
  }

  /** A reader of the next `length` bytes alone; this one goes on after them. */
  part(length: number): ByteReader {
    if (length > this.left) this.fail(`${length} bytes are announced and ${this.left} are left`);
    const part = new ByteReader(this.#bytes, this.#at, this.#at + length);
    this.#at += length;
    return part;
  }
}
