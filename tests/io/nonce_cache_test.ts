import { assertEquals } from "@std/assert";
import { NonceCache } from "../../src/io/nonce_cache.ts";

Deno.test("NonceCache.remember knows a nonce again until its time has passed", () => {
  const nonces = new NonceCache();
  assertEquals(nonces.remember("a", 1_000, 0), "new");
  assertEquals(nonces.remember("a", 1_000, 1_000), "replayed");
  assertEquals(nonces.remember("b", 5_000, 1_001), "new");
  assertEquals(nonces.size, 1);
});

Deno.test("NonceCache.remember refuses and counts when full of nonces that must stay", () => {
  const nonces = new NonceCache(2);
  nonces.remember("a", 1_000, 0);
  nonces.remember("b", 2_000, 0);
  assertEquals(nonces.remember("c", 3_000, 500), "full");
  assertEquals(nonces.remember("a", 3_000, 500), "replayed");
  assertEquals(nonces.refusedCount, 1);
  assertEquals(nonces.size, 2);
});

Deno.test("NonceCache.remember makes room by forgetting what is out of its time", () => {
  const nonces = new NonceCache(2);
  nonces.remember("a", 1_000, 0);
  nonces.remember("b", 2_000, 0);
  assertEquals(nonces.remember("c", 3_000, 1_500), "new");
  assertEquals(nonces.remember("b", 2_000, 1_500), "replayed");
});
