import { AsciiCache } from "./ascii_cache.ts";
import { CHECKSUM_BYTES, checksumOf } from "./checksum.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const shortStrings = new AsciiCache();
/** 49 bits, and a last byte that may hold no more than four: together 2^53 - 1. */
const VARINT_BYTES_MAX = 8;
/** A tag and a float64. */
const CELL_BYTES_MAX = 9;
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
   * calls: most are integers of one byte, nearly all others integers of up to three, or floats.
   */
  cells(values: Float64Array, at: number, count: number): void {
    const bytes = this.#bytes;
    const view = this.#view;
    // Nearer to the end than this, the slow path checks that each byte is there.
    const fastEnd = this.#end - CELL_BYTES_MAX;
    const stop = at + count;
    let from = this.#at;
    while (at < stop) {
      const onesEnd = Math.min(stop, at + fastEnd - from);
      while (at < onesEnd && (bytes[from]! & 0x81) === 0) values[at++] = bytes[from++]! >> 1;
      const twosEnd = Math.min(stop, at + ((fastEnd - from + 1) >> 1));
      while (at < twosEnd) {
        const two = view.getUint16(from, true);
        if ((two & 0x8081) !== 0x80) break;
        values[at++] = (((two & 0x7f00) >> 1) | (two & 0x7f)) >> 1;
        from += 2;
      }
      if (at === stop) break;
      if (from < fastEnd) {
        const first = bytes[from]!;
        if ((first & 0x81) === 0) continue;
        if (first === 1) {
          const value = view.getFloat64(from + 1, true);
          // False for NaN and both infinities, which the slow path refuses.
          if (value - value === 0) {
            values[at++] = value;
            from += CELL_BYTES_MAX;
            continue;
          }
        } else if ((first & 1) === 0) {
          const second = bytes[from + 1]!;
          if (second < 0x80) continue;
          const third = bytes[from + 2]!;
          if (third < 0x80) {
            values[at++] = ((third << 14) | ((second & 0x7f) << 7) | (first & 0x7f)) >> 1;
            from += 3;
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
