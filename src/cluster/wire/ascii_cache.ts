const SLOTS = 4096;
const LENGTH_MAX = 64;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The short ASCII strings that were read last. Nodes of one cluster have the same labels: with this,
 * their copies share the strings, which are found without a call of the decoder, and told to be equal
 * at a glance. It holds at most 4,096 strings of 64 characters; a newer one takes an older one's place.
 */
export class AsciiCache {
  readonly #strings: string[] = new Array(SLOTS).fill("");

  /** The string of these bytes; undefined where they are too many or not all ASCII. */
  read(bytes: Uint8Array, from: number, length: number): string | undefined {
    if (length > LENGTH_MAX) return undefined;
    const end = from + length;
    let hash = FNV_OFFSET;
    let all = 0;
    for (let at = from; at < end; at++) {
      const byte = bytes[at]!;
      all |= byte;
      hash = Math.imul(hash ^ byte, FNV_PRIME);
    }
    if (all > 0x7f) return undefined;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.#strings[slot]!;
    if (known.length === length) {
      let i = 0;
      while (i < length && known.charCodeAt(i) === bytes[from + i]) i++;
      if (i === length) return known;
    }
    const string = String.fromCharCode(...bytes.subarray(from, end));
    this.#strings[slot] = string;
    return string;
  }
}
