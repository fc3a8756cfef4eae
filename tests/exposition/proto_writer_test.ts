import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ProtoWriter } from "../../src/exposition/proto_writer.ts";
import { readFields, readVarint, unzigzag } from "./proto_reader.ts";

Deno.test("ProtoWriter writes what the specification of the encoding shows", () => {
  const cases: [(writer: ProtoWriter) => void, string][] = [
    [(writer) => writer.uint(1, 150), "089601"],
    [(writer) => writer.string(2, "testing"), "120774657374696e67"],
    [(writer) => writer.sint(1, -1), "0801"],
    [(writer) => writer.sint(1, -(2 ** 31)), "08ffffffff0f"],
    [(writer) => writer.double(1, 1), "09000000000000f03f"],
    [(writer) => writer.sints(6, [0, -1, 1]), "3203000102"],
    [(writer) => writer.sints(6, []), ""],
    [(writer) => writer.varint(0), "00"],
  ];
  for (const [write, hex] of cases) {
    const writer = new ProtoWriter();
    write(writer);
    assertEquals(writer.take().toHex(), hex);
    assertEquals(writer.length, 0);
  }
});

Deno.test("ProtoWriter writes integers up to 2^53 that read back as they were", () => {
  fc.assert(fc.property(fc.maxSafeInteger(), (value) => {
    const writer = new ProtoWriter();
    writer.varint(Math.abs(value));
    const bytes = writer.take();
    assertEquals(readVarint(bytes, 0), { value: Math.abs(value), end: bytes.length });
    const half = Math.trunc(value / 2);
    writer.sint(1, half);
    assertEquals(unzigzag(readFields(writer.take())[0]!.number), half + 0);
  }));
});

Deno.test("ProtoWriter puts the right length before messages of any size, also in each other", () => {
  const size = fc.constantFrom(0, 1, 126, 127, 128, 16_383, 16_384, 70_000);
  fc.assert(
    fc.property(size, size, fc.string({ unit: "binary" }), (before, inside, text) => {
      const writer = new ProtoWriter();
      writer.string(1, "x".repeat(before));
      const outer = writer.begin(2);
      const inner = writer.begin(3);
      writer.string(4, "y".repeat(inside));
      writer.end(inner);
      writer.string(5, text);
      writer.end(outer);
      writer.uint(6, 7);
      const [first, second, last] = readFields(writer.take());
      assertEquals([first!.bytes.length, last!.number], [before, 7]);
      const [nested, string] = readFields(second!.bytes);
      assertEquals(
        new TextDecoder("utf-8", { ignoreBOM: true }).decode(string!.bytes),
        text.toWellFormed(),
      );
      assertEquals(readFields(nested!.bytes)[0]!.bytes.length, inside);
    }),
    { numRuns: 50 },
  );
});
