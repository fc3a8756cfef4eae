import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ByteArena, COPY_SLACK, copyWords } from "../../src/exposition/byte_arena.ts";

const SIZES = fc.constantFrom(0, 1, 4000, 100_000, 1_100_000);

Deno.test("ByteArena keeps what was appended where it was, and room for a copy's slack", () => {
  const text = fc.tuple(fc.string({ unit: "binary" }), SIZES)
    .map(([text, length]) => text + "x".repeat(length));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), (texts) => {
      const arena = new ByteArena();
      const runs = texts.map((text, i) => {
        const bytes = new TextEncoder().encode(text);
        const length = i % 2 === 0 ? arena.append(text) : arena.appendBytes(bytes);
        const place = arena.lastPlace;
        return { place, length, view: arena.viewAt(place), bytes };
      });
      for (const { place, length, view, bytes } of runs) {
        assertEquals(arena.viewAt(place), view, "a run must not move");
        const start = arena.offsetAt(place);
        assertEquals(new Uint8Array(view.buffer).subarray(start, start + length), bytes);
        assertEquals(view.byteLength >= start + length + COPY_SLACK, true);
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("ByteArena turns a lone surrogate into U+FFFD", () => {
  const arena = new ByteArena();
  const length = arena.append("a\ud800b");
  const bytes = new Uint8Array(arena.viewAt(0).buffer).subarray(0, length);
  assertEquals(new TextDecoder().decode(bytes), "a\ufffdb");
});

Deno.test("copyWords copies any bytes exactly, also those of a signalling NaN", () => {
  fc.assert(fc.property(
    fc.uint8Array({ maxLength: 40 }),
    fc.nat({ max: 7 }),
    fc.nat({ max: 7 }),
    (bytes, start, at) => {
      const from = new Uint8Array(start + bytes.length + COPY_SLACK).fill(0xf7);
      from.set(bytes, start);
      const to = new Uint8Array(at + bytes.length + COPY_SLACK);
      const end = copyWords(
        new DataView(from.buffer),
        start,
        bytes.length,
        new DataView(to.buffer),
        at,
      );
      assertEquals(end, at + bytes.length);
      assertEquals(to.subarray(at, end), bytes);
      assertEquals(to.subarray(0, at).every((byte) => byte === 0), true);
    },
  ));
});
