import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { keyedHash } from "../../src/io/keyed_hash.ts";

Deno.test("keyedHash is the same for the same key alone, and short", () => {
  const hash = keyedHash("a-key-of-enough-length");
  assertMatch(hash("acme"), /^[0-9a-f]{16}$/);
  assertEquals(hash("acme"), keyedHash("a-key-of-enough-length")("acme"));
  assertNotEquals(hash("acme"), hash("acme2"));
  assertNotEquals(hash("acme"), keyedHash("another-key-of-length")("acme"));
});
