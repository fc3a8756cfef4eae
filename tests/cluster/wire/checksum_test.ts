import { assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { checksumOf } from "../../../src/cluster/wire/checksum.ts";

const bytes = fc.uint8Array({ minLength: 1, maxLength: 70 });

Deno.test("checksumOf does not depend on where in a buffer the bytes are", () => {
  fc.assert(fc.property(bytes, fc.nat(9), (message, offset) => {
    const moved = new Uint8Array(message.length + offset);
    moved.set(message, offset);
    assertEquals(
      checksumOf(moved.subarray(offset), message.length),
      checksumOf(message, message.length),
    );
  }));
});

Deno.test("checksumOf differs after any change of one byte, and for every shorter part", () => {
  fc.assert(fc.property(bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), (message, place, by) => {
    const sum = checksumOf(message, message.length);
    const at = place % message.length;
    assertNotEquals(checksumOf(message.with(at, message[at]! ^ by), message.length), sum);
    assertNotEquals(checksumOf(message, at), sum);
  }));
});
