import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { AsciiCache } from "../../../src/cluster/wire/ascii_cache.ts";

const encoder = new TextEncoder();

Deno.test("AsciiCache gives back every short ASCII string, whatever was read before", () => {
  const cache = new AsciiCache();
  const text = fc.string({ unit: "binary-ascii", maxLength: 64 });
  fc.assert(fc.property(fc.array(text, { minLength: 1 }), (texts) => {
    for (const text of [...texts, ...texts]) {
      const bytes = encoder.encode(`<${text}>`);
      assertEquals(cache.read(bytes, 1, bytes.length - 2), text);
    }
  }));
});

Deno.test("AsciiCache leaves long strings and bytes beyond ASCII to others", () => {
  const cache = new AsciiCache();
  assertEquals(cache.read(encoder.encode("x".repeat(65)), 0, 65), undefined);
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (bytes) => {
    const read = cache.read(bytes, 0, bytes.length);
    assertEquals(read === undefined, bytes.some((byte) => byte > 0x7f));
  }));
});

Deno.test("AsciiCache tells apart strings that share a slot", () => {
  const cache = new AsciiCache();
  // Five times as many strings as there are slots.
  const texts = Array.from({ length: 20_000 }, (_, i) => `route-${i}`);
  for (const text of [...texts, ...texts]) {
    assertEquals(cache.read(encoder.encode(text), 0, text.length), text);
  }
});
