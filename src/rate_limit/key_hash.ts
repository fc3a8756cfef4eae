import type { Random } from "../io/random.ts";

const FINAL_ROUNDS = 3;
const LATIN_MAX = 0xff;
/** What ends the input: that of the standard for Latin-1, so that the other form never meets it. */
const LATIN = 0xee;
const WIDE = 0xef;

/**
 * HalfSipHash-1-3 with 64 bits of output: a fingerprint of a text under a random key that never leaves
 * the process, so that nobody outside can make two texts meet. Any two meet with a chance of 2^-64: of
 * a million keys, some two with one of 1 to 37 million. Made of 32-bit operations alone, which is what
 * JavaScript is fast at; Linux uses it for its own tables.
 *
 * @see https://www.aumasson.jp/siphash/siphash.pdf
 */
export class KeyHash {
  /** The first half of the last fingerprint, as a signed 32-bit number. */
  lo = 0;
  /** The other half. */
  hi = 0;
  readonly #k0: number;
  readonly #k1: number;

  /** `key` is 8 bytes, read as two little-endian numbers. */
  constructor(key: Uint8Array<ArrayBuffer>) {
    if (key.length !== 8) {
      throw new TypeError(`BUG: a key of HalfSipHash must have 8 bytes: received ${key.length}`);
    }
    const view = new DataView(key.buffer, key.byteOffset);
    this.#k0 = view.getInt32(0, true);
    this.#k1 = view.getInt32(4, true);
  }

  /** A hash with a new key. */
  static random(random: Random): KeyHash {
    return new KeyHash(random.bytes(8));
  }

  /**
   * Sets {@linkcode lo} and {@linkcode hi}. Text of Latin-1 is hashed byte by byte, other text as UTF-16
   * with another ending, so no text of one form is one of the other.
   */
  take(text: string): void {
    if (!this.#absorb(text, LATIN)) this.#absorb(utf16Of(text), WIDE);
  }

  /** False if a character is not Latin-1, so that this was no hash of the text. */
  #absorb(text: string, form: number): boolean {
    const length = text.length;
    const k0 = this.#k0, k1 = this.#k1;
    let v0 = k0, v1 = k1 ^ 0xee, v2 = k0 ^ 0x6c796765, v3 = k1 ^ 0x74656462;
    let seen = 0;
    for (let at = 0; at <= length; at += 4) {
      const left = length - at;
      let block: number;
      if (left >= 4) {
        const a = text.charCodeAt(at), b = text.charCodeAt(at + 1);
        const c = text.charCodeAt(at + 2), d = text.charCodeAt(at + 3);
        seen |= a | b | c | d;
        block = a | b << 8 | c << 16 | d << 24;
      } else {
        const a = left > 0 ? text.charCodeAt(at) : 0;
        const b = left > 1 ? text.charCodeAt(at + 1) : 0;
        const c = left > 2 ? text.charCodeAt(at + 2) : 0;
        seen |= a | b | c;
        block = a | b << 8 | c << 16 | length << 24;
      }
      v3 ^= block;
      v0 = v0 + v1 | 0;
      v1 = (v1 << 5 | v1 >>> 27) ^ v0;
      v0 = v0 << 16 | v0 >>> 16;
      v2 = v2 + v3 | 0;
      v3 = (v3 << 8 | v3 >>> 24) ^ v2;
      v0 = v0 + v3 | 0;
      v3 = (v3 << 7 | v3 >>> 25) ^ v0;
      v2 = v2 + v1 | 0;
      v1 = (v1 << 13 | v1 >>> 19) ^ v2;
      v2 = v2 << 16 | v2 >>> 16;
      v0 ^= block;
    }
    if (seen > LATIN_MAX) return false;
    this.#finish(v0, v1, v2 ^ form, v3);
    return true;
  }

  #finish(v0: number, v1: number, v2: number, v3: number): void {
    for (let round = 1; round <= 2 * FINAL_ROUNDS; round++) {
      v0 = v0 + v1 | 0;
      v1 = (v1 << 5 | v1 >>> 27) ^ v0;
      v0 = v0 << 16 | v0 >>> 16;
      v2 = v2 + v3 | 0;
      v3 = (v3 << 8 | v3 >>> 24) ^ v2;
      v0 = v0 + v3 | 0;
      v3 = (v3 << 7 | v3 >>> 25) ^ v0;
      v2 = v2 + v1 | 0;
      v1 = (v1 << 13 | v1 >>> 19) ^ v2;
      v2 = v2 << 16 | v2 >>> 16;
      if (round !== FINAL_ROUNDS) continue;
      this.lo = v1 ^ v3;
      v1 ^= 0xdd;
    }
    this.hi = v1 ^ v3;
  }
}

/** Each UTF-16 unit as two characters. */
function utf16Of(text: string): string {
  let bytes = "";
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    bytes += String.fromCharCode(code & 0xff, code >> 8);
  }
  return bytes;
}
