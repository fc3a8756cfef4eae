import { COPY_SLACK, copyWords } from "./byte_arena.ts";

const BYTES_MIN = 4096;
const ENCODER = new TextEncoder();

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
/** The most bytes of a varint. */
const VARINT_BYTES_MAX = 10;

/** Writes protocol buffers (https://protobuf.dev/programming-guides/encoding/), and grows as needed. */
export class ProtoWriter {
  #bytes = new Uint8Array(BYTES_MIN);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Bytes written since the last {@linkcode ProtoWriter.take}. */
  get length(): number {
    return this.#length;
  }

  /** What was written, and begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  /** Bytes that are encoded already. */
  raw(view: DataView, start: number, length: number): void {
    this.#reserve(length + COPY_SLACK);
    this.#length = copyWords(view, start, length, this.#view, this.#length);
  }

  /** A varint without a field, as it stands before a delimited message. */
  varint(value: number): void {
    this.#reserve(VARINT_BYTES_MAX);
    let rest = value;
    // Bit operators would cut it to 32 bits.
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** A field of type `uint32`, `uint64`, `int64`, `int32` or an enum: an integer that is not negative. */
  uint(field: number, value: number): void {
    this.#tag(field, VARINT);
    this.varint(value);
  }

  /** A field of type `sint32` or `sint64`. */
  sint(field: number, value: number): void {
    this.uint(field, zigzag(value));
  }

  /** A repeated field of type `sint64`, packed. Nothing for an empty list. */
  sints(field: number, values: readonly number[]): void {
    if (values.length === 0) return;
    const start = this.begin(field);
    for (const value of values) this.varint(zigzag(value));
    this.end(start);
  }

  /** A field of type `double`. */
  double(field: number, value: number): void {
    this.#tag(field, FIXED64);
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** A field of type `string`. */
  string(field: number, text: string): void {
    const start = this.begin(field);
    this.#reserve(text.length * 3);
    this.#length += ENCODER.encodeInto(text, this.#bytes.subarray(this.#length)).written;
    this.end(start);
  }

  /** Begins a field that is a message, and returns what {@linkcode ProtoWriter.end} needs. */
  begin(field: number): number {
    this.#tag(field, LENGTH_DELIMITED);
    this.#reserve(1);
    // Most lengths need one byte; otherwise the content is moved when the length is known.
    return ++this.#length;
  }

  /** Ends the message whose content began at `start`. */
  end(start: number): void {
    const length = this.#length - start;
    let extra = 0;
    for (let rest = length; rest >= 0x80; rest = Math.floor(rest / 0x80)) extra++;
    if (extra > 0) {
      this.#reserve(extra);
      this.#bytes.copyWithin(start + extra, start, this.#length);
    }
    this.#length = start - 1;
    this.varint(length);
    this.#length = start + extra + length;
  }

  #tag(field: number, wireType: number): void {
    this.varint(field * 8 + wireType);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}
