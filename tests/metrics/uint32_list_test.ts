import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Uint32List } from "../../src/metrics/uint32_list.ts";

Deno.test("Uint32List keeps the numbers that were pushed, at the places it returned", () => {
  fc.assert(fc.property(fc.array(fc.nat({ max: 2 ** 32 - 1 }), { maxLength: 500 }), (numbers) => {
    const list = new Uint32List();
    assertEquals(numbers.map((number) => list.push(number)), numbers.map((_, i) => i));
    assertEquals(list.length, numbers.length);
    assertEquals(numbers.map((_, i) => list.at(i)), numbers);
  }));
});
