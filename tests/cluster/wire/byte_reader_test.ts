import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ByteReader, WireError } from "../../../src/cluster/wire/byte_reader.ts";
import { ByteWriter } from "../../../src/cluster/wire/byte_writer.ts";

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

/** Runs of cells that take equally many bytes, with lone ones between them. */
const cells = fc.array(
  fc.oneof(
    fc.array(fc.integer({ min: 0, max: 63 }), { maxLength: 20 }),
    fc.array(fc.integer({ min: 64, max: 8_191 }), { maxLength: 20 }),
    fc.array(fc.integer({ min: 8_192, max: 2 ** 20 - 1 }), { maxLength: 5 }),
    fc.array(fc.integer({ min: 2 ** 20, max: 2 ** 40 }), { maxLength: 5 }),
    fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 5 }),
  ),
  { maxLength: 12 },
).map((runs) => runs.flat());

Deno.test("ByteReader.cells reads what ByteReader.cell does, whatever sizes follow each other", () => {
  fc.assert(fc.property(cells, fc.nat(20), (written, bytesAfter) => {
    const to = new ByteWriter();
    for (const cell of written) to.cell(cell);
    to.bytes(new Uint8Array(bytesAfter).fill(0x80));
    const bytes = to.finish().slice();
    const values = new Float64Array(written.length);
    const from = new ByteReader(bytes);
    from.cells(values, 0, written.length);
    const oneByOne = new ByteReader(bytes);
    assertEquals([...values], written.map(() => oneByOne.cell()));
    assertEquals([...values].map((value) => value + 0), written.map((value) => value + 0));
    assertEquals(from.left, bytesAfter);
  }));
});
