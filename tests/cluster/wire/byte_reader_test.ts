import { assertEquals, assertThrows } from "@std/assert";
import { ByteReader, WireError } from "../../../src/cluster/wire/byte_reader.ts";

function reader(hex: string): ByteReader {
  return new ByteReader(Uint8Array.fromHex(hex));
}

Deno.test("ByteReader says what is wrong, and where", () => {
  const table: readonly (readonly [string, (from: ByteReader) => unknown, string])[] = [
    ["", (from) => from.varint(), "a number is missing at byte 0"],
    ["80", (from) => from.varint(), "a number is cut off at byte 0"],
    ["ffffffffffffff7f", (from) => from.varint(), "a number is too large at byte 0"],
    ["ffffffffffffffff01", (from) => from.varint(), "a number is too long at byte 0"],
    ["05", (from) => from.count(4, "x"), "x must be at most 4: received 5 at byte 1"],
    ["00000000000000", (from) => from.float64(), "a float64 is cut off at byte 0"],
    [
      "000000000000f07f",
      (from) => from.float64(),
      "a float64 must be finite: received Infinity at byte 0",
    ],
    ["030000000000000000", (from) => from.cell(), "a cell's tag must be 1 at byte 1"],
    ["02c328", (from) => from.string(9, "x"), "x must be UTF-8 at byte 3"],
    ["0561", (from) => from.string(9, "x"), "5 bytes are announced and 1 are left at byte 1"],
    ["0011", (from) => from.id(), "8 bytes are announced and 2 are left at byte 0"],
    ["00", (from) => from.part(2), "2 bytes are announced and 1 are left at byte 0"],
  ];
  for (const [hex, read, message] of table) {
    const error = assertThrows(() => read(reader(hex)), WireError);
    assertEquals(error.message, message);
  }
});

Deno.test("ByteReader.part cannot read past its own bytes", () => {
  const from = reader("0102030405");
  const part = from.part(2);
  part.bytes(2);
  assertThrows(() => part.varint(), WireError, "a number is missing");
  assertEquals(from.varint(), 3);
});
