import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ByteArena, COPY_SLACK, copyWords } from "../../src/exposition/byte_arena.ts";

function textOf(view: DataView, start: number, end: number): string {
  return new TextDecoder().decode(new Uint8Array(view.buffer).subarray(start, end));
}

Deno.test("ByteArena keeps what was appended where it was, and room for a copy's slack", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "binary" })), (texts) => {
    const arena = new ByteArena();
    let start = 0;
    const places = texts.map((text) => [start, start = arena.append(text)] as const);
    places.forEach(([from, to], i) => {
      assertEquals(textOf(arena.view, from, to), texts[i]!.toWellFormed());
    });
    assertEquals(arena.length, start);
    assertEquals(texts.length === 0 || arena.view.byteLength >= start + COPY_SLACK, true);
  }));
});

Deno.test("ByteArena turns a lone surrogate into U+FFFD", () => {
  const arena = new ByteArena();
  const end = arena.append("a\ud800b");
  assertEquals(textOf(arena.view, 0, end), "a\ufffdb");
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
