const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Bytes that a checksum takes at the end of a message. */
export const CHECKSUM_BYTES = 4;

/**
 * A checksum of the first `length` bytes: FNV-1a over words of 32 bits in four lanes, which a processor
 * works on at once, so that it costs next to nothing. It finds what was cut off or damaged on the way;
 * against an attacker there are signatures.
 */
export function checksumOf(bytes: Uint8Array, length: number): number {
  // Words are read in place, which only works where they begin at a multiple of four; every machine
  // that Deno runs on has the lowest byte first.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice(0, length);
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, length >>> 2);
  const start = FNV_OFFSET ^ length;
  let a = start, b = start, c = start, d = start;
  const inLanes = words.length - words.length % 4;
  for (let i = 0; i < inLanes; i += 4) {
    a = mixed(a, words[i]!);
    b = mixed(b, words[i + 1]!);
    c = mixed(c, words[i + 2]!);
    d = mixed(d, words[i + 3]!);
  }
  let hash = mixed(mixed(mixed(a, b), c), d);
  for (let i = inLanes; i < words.length; i++) hash = mixed(hash, words[i]!);
  for (let i = words.length * 4; i < length; i++) hash = mixed(hash, bytes[i]!);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, FNV_PRIME);
  // A product only carries upwards: without this the high bits of a word would reach few others.
  return product ^ (product >>> 15);
}
