import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ByteReader } from "../../../src/cluster/wire/byte_reader.ts";
import { ByteWriter, INTEGER_MAX } from "../../../src/cluster/wire/byte_writer.ts";

function written(write: (to: ByteWriter) => void): Uint8Array<ArrayBuffer> {
  const to = new ByteWriter();
  write(to);
  return to.finish();
}

Deno.test("ByteWriter.varint and ByteReader.varint are inverse for all safe integers", () => {
  const edges = [0, 1, 127, 128, 16_383, 16_384, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32];
  const numbers = [...edges, 2 ** 49 - 1, 2 ** 49, 2 ** 53 - 2, Number.MAX_SAFE_INTEGER];
  const both = (value: number) =>
    assertEquals(new ByteReader(written((to) => to.varint(value))).varint(), value);
  for (const value of numbers) both(value);
  fc.assert(fc.property(fc.maxSafeNat(), both));
});

Deno.test("ByteWriter.varint writes the known bytes of LEB128", () => {
  const table: readonly (readonly [number, string])[] = [
    [0, "00"],
    [127, "7f"],
    [128, "8001"],
    [300, "ac02"],
    [624_485, "e58e26"],
    [2 ** 32, "8080808010"],
  ];
  for (const [value, hex] of table) {
    assertEquals(written((to) => to.varint(value)).toHex(), hex);
  }
});

Deno.test("ByteWriter.varint throws for what it cannot write, instead of writing for ever", () => {
  for (const value of [Infinity, NaN, -1, 0.5, 2 ** 53]) {
    assertThrows(() => written((to) => to.varint(value)), RangeError, "BUG: ");
  }
});

Deno.test("ByteWriter.cell and ByteReader.cell are inverse for all finite values", () => {
  const edges = [0, -0, 1, -1, 0.1, 5e-324, 2 ** 50 - 1, INTEGER_MAX, INTEGER_MAX + 1, 2 ** 53];
  const both = (value: number) => {
    const read = new ByteReader(written((to) => to.cell(value))).cell();
    assertEquals(Object.is(read, value), true, `${value} became ${read}`);
  };
  for (const value of [...edges, Number.MAX_VALUE, -Number.MAX_VALUE]) both(value);
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), both));
});

Deno.test("ByteWriter.string and ByteReader.string are inverse, a byte order mark included", () => {
  const both = (value: string) => {
    const reader = new ByteReader(written((to) => to.string(value)));
    assertEquals(reader.string(1_000, "a text"), value);
  };
  for (const value of ["", "a", "größer", "\ufeffx", "\0", "💥"]) both(value);
  fc.assert(fc.property(fc.string({ unit: "binary" }).map((text) => text.toWellFormed()), both));
});

Deno.test("ByteWriter grows past its first buffer without losing anything", () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);
  const out = written((to) => {
    to.varint(1);
    to.bytes(bytes);
    to.float64(0.5);
  });
  assertEquals(out.length, 100_009);
  assertEquals(out.subarray(1, 100_001), bytes);
});
