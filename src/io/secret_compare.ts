import { createHash, timingSafeEqual } from "node:crypto";

/**
 * Whether both are the same, in a time that does not depend on where they differ or on how long
 * `expected` is: hashes of equal length are compared, never the secrets themselves.
 */
export function secretsEqual(received: string, expected: string): boolean {
  return timingSafeEqual(digest(received), digest(expected));
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text, "utf8").digest();
}
