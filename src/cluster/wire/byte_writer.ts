import { CHECKSUM_BYTES, checksumOf } from "./checksum.ts";

const encoder = new TextEncoder();
const VARINT_BYTES_MAX = 8;
const INITIAL_BYTES = 1024;

/** Writers that nobody uses: a message and its sections are written a hundred times in a scrape. */
const spares: ByteWriter[] = [];
const SPARES_MAX = 2;
const SPARE_BYTES_MAX = 262_144;

/** Integers up to here travel as integers; what is larger is a float64. */
export const INTEGER_MAX: number = 2 ** 50;

/** Writes the wire's primitive values into a buffer that grows. */
export class ByteWriter {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** A copy of what was written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  /** A copy of what was written after the first `length` bytes. */
  copyFrom(length: number): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(length, this.#length);
  }

  /** Takes back everything after `length` bytes. */
  truncate(length: number): void {
    this.#length = length;
  }

  /** An unsigned integer below 2^53, seven bits a byte, the lowest first (LEB128). */
  varint(value: number): void {
    // Infinity would be written for ever.
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(
        `BUG: a varint must be an integer from 0 to 2^53 - 1: received ${value}`,
      );
    }
    this.#reserve(VARINT_BYTES_MAX);
    const bytes = this.#bytes;
    let at = this.#length;
    // Shifts work on 32 bits only; what is larger is taken apart by division.
    while (value >= 0x80000000) {
      bytes[at++] = (value % 128) | 0x80;
      value = Math.floor(value / 128);
    }
    while (value >= 0x80) {
      bytes[at++] = (value & 0x7f) | 0x80;
      value >>>= 7;
    }
    bytes[at++] = value;
    this.#length = at;
  }

  /** A float64, the lowest byte first. */
  float64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /**
   * The value of a cell. A small non-negative integer is a varint of its double; anything else is the
   * byte 1 and a float64. So the lowest bit of the first byte tells the two apart.
   */
  cell(value: number): void {
    if (value >= 0 && value <= INTEGER_MAX && Number.isInteger(value) && !Object.is(value, -0)) {
      this.varint(value * 2);
    } else {
      this.varint(1);
      this.float64(value);
    }
  }

  /** A string: the number of its UTF-8 bytes, and the bytes. */
  string(value: string): void {
    const encoded = encoder.encode(value);
    this.varint(encoded.length);
    this.bytes(encoded);
  }

  /** Bytes as they are, without their number. */
  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** Sixteen hexadecimal digits as eight bytes. */
  id(value: string): void {
    this.#reserve(8);
    for (let i = 0; i < 16; i += 2) {
      const byte = digitOf(value.charCodeAt(i)) * 16 + digitOf(value.charCodeAt(i + 1));
      this.#bytes[this.#length++] = byte;
    }
  }

  /** The checksum of all that was written so far, the lowest byte first. */
  checksum(): void {
    const sum = checksumOf(this.#bytes, this.#length);
    this.#reserve(CHECKSUM_BYTES);
    this.#view.setUint32(this.#length, sum, true);
    this.#length += CHECKSUM_BYTES;
  }

  /** A section: its type, the number of its bytes, and what `write` writes. */
  section(type: number, write: (body: ByteWriter) => void): void {
    const body = ByteWriter.taken();
    write(body);
    this.varint(type);
    this.varint(body.length);
    this.bytes(body.#bytes.subarray(0, body.#length));
    body.giveBack();
  }

  /** An empty writer, with memory that {@linkcode ByteWriter.giveBack} gave back if there is any. */
  static taken(): ByteWriter {
    return spares.pop() ?? new ByteWriter();
  }

  /** Lets another writer have this one's memory: it must not be used any more. */
  giveBack(): void {
    this.#length = 0;
    if (spares.length < SPARES_MAX && this.#bytes.length <= SPARE_BYTES_MAX) spares.push(this);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** The value of a hexadecimal digit by its character's code, in lower or upper case. */
function digitOf(code: number): number {
  return (code & 15) + (code > 57 ? 9 : 0);
}
