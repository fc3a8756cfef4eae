const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Bytes that a checksum takes at the end of a message. */
export const CHECKSUM_BYTES = 4;

/**
 * A checksum of the first `length` bytes: FNV-1a over words of 32 bits, so that it costs next to
 * nothing. It finds what was cut off or damaged on the way; against an attacker there are signatures.
 */
export function checksumOf(bytes: Uint8Array, length: number): number {
  // Words are read in place, which only works where they begin at a multiple of four; every machine
  // that Deno runs on has the lowest byte first.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice(0, length);
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, length >>> 2);
  let hash = FNV_OFFSET ^ length;
  for (let i = 0; i < words.length; i++) {
    hash = Math.imul(hash ^ words[i]!, FNV_PRIME);
    // A product only carries upwards: without this the high bits of a word would reach few others.
    hash ^= hash >>> 15;
  }
  for (let i = words.length * 4; i < length; i++) hash = Math.imul(hash ^ bytes[i]!, FNV_PRIME);
  return (hash ^ (hash >>> 16)) >>> 0;
}
