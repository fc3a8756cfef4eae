import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Uint32List } from "../../src/metrics/uint32_list.ts";

Deno.test("Uint32List keeps the numbers that were pushed, at the places it returned", () => {
  fc.assert(fc.property(fc.array(fc.nat({ max: 2 ** 32 - 1 }), { maxLength: 500 }), (numbers) => {
    const list = new Uint32List();
    const places = numbers.map((number, i) => {
      if (i % 7 === 0) list.reserve(i % 5);
      return list.push(number);
    });
    assertEquals(places, numbers.map((_, i) => i));
    assertEquals(list.length, numbers.length);
    assertEquals(numbers.map((_, i) => list.at(i)), numbers);
  }));
});

Deno.test("Uint32List counts how many of ascending numbers are at most one", () => {
  const numbers = fc.uniqueArray(fc.nat({ max: 50 }), { maxLength: 30 });
  fc.assert(fc.property(numbers, fc.nat({ max: 60 }), (unsorted, most) => {
    const list = new Uint32List();
    for (const number of unsorted.toSorted((a, b) => a - b)) list.push(number);
    assertEquals(list.countUpTo(most), unsorted.filter((number) => number <= most).length);
  }));
});

Deno.test("Uint32List grows by parts, however little is appended or asked for at a time", () => {
  const grown = (append: (list: Uint32List) => void) => {
    const list = new Uint32List();
    const rooms = new Set<Uint32Array>();
    for (let i = 0; i < 10_000; i++) {
      append(list);
      rooms.add(list.items);
    }
    return rooms.size;
  };
  // A copy for each would make appending quadratic.
  assertEquals(grown((list) => list.push(1)) < 60, true);
  assertEquals(grown((list) => list.pushThree(1, 2, 3)) < 60, true);
  assertEquals(grown((list) => list.pushFirst([1, 2, 3], 2)) < 60, true);
  assertEquals(
    grown((list) => {
      list.reserve(1);
      list.push(1);
    }) < 60,
    true,
  );
});
