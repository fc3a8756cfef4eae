import { createHmac } from "node:crypto";

/** Hashes a text to so many characters that two of a million texts hardly ever share one: 64 bits. */
const HEX_DIGITS = 16;

/** HMAC-SHA-256 of a text, shortened, as hexadecimal digits: who lacks the key can't try out texts. */
export function keyedHash(key: string): (text: string) => string {
  return (text) => createHmac("sha256", key).update(text).digest("hex").slice(0, HEX_DIGITS);
}
