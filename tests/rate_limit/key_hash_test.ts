import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { KeyHash } from "../../src/rate_limit/key_hash.ts";

const KEY = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7);

/** HalfSipHash as its authors write it, over bytes. */
function halfSipHash(
  key: Uint8Array,
  input: Uint8Array,
  [c, d]: readonly [number, number],
): readonly [number, number] {
  const view = new DataView(key.buffer, key.byteOffset);
  const k0 = view.getUint32(0, true), k1 = view.getUint32(4, true);
  const v = [k0, k1 ^ 0xee, k0 ^ 0x6c796765, k1 ^ 0x74656462] as [number, number, number, number];
  const rotl = (x: number, n: number) => x << n | x >>> 32 - n;
  const rounds = (n: number) => {
    for (let i = 0; i < n; i++) {
      v[0] = v[0] + v[1] | 0;
      v[1] = rotl(v[1], 5) ^ v[0];
      v[0] = rotl(v[0], 16);
      v[2] = v[2] + v[3] | 0;
      v[3] = rotl(v[3], 8) ^ v[2];
      v[0] = v[0] + v[3] | 0;
      v[3] = rotl(v[3], 7) ^ v[0];
      v[2] = v[2] + v[1] | 0;
      v[1] = rotl(v[1], 13) ^ v[2];
      v[2] = rotl(v[2], 16);
    }
  };
  const padded = new Uint8Array(input.length + 4 - input.length % 4);
  padded.set(input);
  padded[padded.length - 1] = input.length;
  const blocks = new DataView(padded.buffer);
  for (let at = 0; at < padded.length; at += 4) {
    const block = blocks.getUint32(at, true);
    v[3] ^= block;
    rounds(c);
    v[0] ^= block;
  }
  v[2] ^= 0xee;
  rounds(d);
  const lo = v[1] ^ v[3];
  v[1] ^= 0xdd;
  rounds(d);
  return [lo, v[1] ^ v[3]];
}

Deno.test("the test's own HalfSipHash-2-4 gives the vectors of its authors", () => {
  const bytes = (count: number) => Uint8Array.from({ length: count }, (_, i) => i);
  const hex = (count: number) => {
    const out = new DataView(new ArrayBuffer(8));
    halfSipHash(KEY, bytes(count), [2, 4]).forEach((half, i) => out.setInt32(4 * i, half, true));
    return new Uint8Array(out.buffer).toHex();
  };
  // https://github.com/veorq/SipHash/blob/master/vectors.h, vectors_hsip64
  assertEquals([hex(0), hex(1)], ["218d1f59b9b83cc8", "be552412f8387315"]);
});

Deno.test("KeyHash is HalfSipHash-1-3 for Latin-1 of any length", () => {
  const latin = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 300 });
  fc.assert(fc.property(latin, fc.uint8Array({ minLength: 8, maxLength: 8 }), (codes, key) => {
    const hash = new KeyHash(Uint8Array.from(key));
    hash.take(codes.map((code) => String.fromCharCode(code)).join(""));
    assertEquals([hash.lo, hash.hi], [...halfSipHash(key, Uint8Array.from(codes), [1, 3])]);
  }));
});

Deno.test("texts that look alike in another form have other fingerprints", () => {
  const hash = new KeyHash(KEY);
  const of = (text: string) => {
    hash.take(text);
    return `${hash.lo},${hash.hi}`;
  };
  const alike = [
    "e",
    "é",
    "Ā",
    "\u0000\u0001",
    "\u0001",
    "A",
    "ŁA",
    "A\u0001A\u0000",
    "",
    "\u0000",
  ];
  assertEquals(new Set(alike.map(of)).size, alike.length);
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
    assertEquals(of(a) === of(b), a === b);
  }));
});

Deno.test("KeyHash spreads addresses evenly, and with another key differently", () => {
  const buckets = new Uint32Array(64);
  const hash = new KeyHash(KEY);
  for (let i = 0; i < 64_000; i++) {
    hash.take(`10.${i >> 16}.${i >> 8 & 255}.${i & 255}`);
    buckets[hash.hi & 63]!++;
  }
  // A thousand each, with a standard deviation of 31.
  assert(buckets.every((count) => count > 800 && count < 1_200), `${buckets}`);
  const other = new KeyHash(Uint8Array.of(1, 1, 2, 3, 4, 5, 6, 7));
  hash.take("10.0.0.1");
  other.take("10.0.0.1");
  assert(hash.lo !== other.lo && hash.hi !== other.hi);
});

Deno.test("KeyHash insists on 8 bytes of key", () => {
  assertThrows(() => new KeyHash(new Uint8Array(7)), TypeError, "must have 8 bytes: received 7");
});
