import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { OTHER, TopValues } from "../../src/plugins/top_values.ts";

/** By name, how many uses counted for it. */
function taken(top: TopValues, values: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) {
    const name = top.take(value);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

Deno.test("TopValues keeps every name while there are no more than the top has room for", () => {
  const top = new TopValues(3);
  assertEquals([...taken(top, ["a", "b", "c", "a"])], [["a", 2], ["b", 1], ["c", 1]]);
});

Deno.test("a value that comes later and is busier takes the place of the least busy one", () => {
  const top = new TopValues(2);
  taken(top, ["a", "a", "a", "b"]);
  assertEquals(["c", "c", "c", "b", "b"].map((value) => top.take(value)), [
    OTHER,
    "c",
    "c",
    OTHER,
    OTHER,
  ]);
  // What left is watched with the count that it had, and comes back by being a quarter busier.
  assertEquals(["b", "b"].map((value) => top.take(value)), ["b", "b"]);
});

Deno.test("each use counts for its own name or for the rest, once, whatever comes in which order", () => {
  const letters = fc.array(fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz"), { maxLength: 400 });
  fc.assert(fc.property(letters, fc.integer({ min: 1, max: 5 }), (values, size) => {
    const top = new TopValues(size);
    const own = new Map<string, number>();
    const names = new Set<string>();
    let rest = 0;
    for (const value of values) {
      const name = top.take(value);
      assert(name === value || name === OTHER);
      if (name === OTHER) rest++;
      else own.set(name, (own.get(name) ?? 0) + 1);
      names.add(name);
    }
    const total = [...own.values()].reduce((sum, count) => sum + count, rest);
    assertEquals(total, values.length);
    for (const [name, count] of own) {
      assert(
        count <= values.filter((value) => value === name).length,
        "never more than it was used",
      );
    }
    assert(top.size <= 11 * size);
  }));
});

Deno.test("the hundred busiest of many keep their name, in memory that does not grow", () => {
  const top = new TopValues(100);
  // Zipf over 100,000 customers, in an order that a fixed generator mixes.
  let seed = 1;
  const random = () => (seed = seed * 48_271 % 2_147_483_647) / 2_147_483_647;
  const draw = () => `customer-${Math.floor(100_000 ** random())}`;
  const uses = Array.from({ length: 400_000 }, draw);
  taken(top, uses);
  const truth = [...Map.groupBy(uses, (value) => value)].sort((a, b) => b[1].length - a[1].length);
  const named = truth.slice(0, 70).filter(([value]) => top.take(value) === value);
  assertEquals(named.length, 70, "who is clearly among the hundred busiest is named");
  assert(top.size <= 1_100);
});

Deno.test("values that are all equally busy do not take turns in the top for long", () => {
  const top = new TopValues(10);
  const rounds = (from: number, to: number) => {
    const names = new Set<string>();
    for (let round = from; round < to; round++) {
      for (let i = 0; i < 50; i++) names.add(top.take(`v${(i * 7 + round) % 50}`));
    }
    return names;
  };
  rounds(0, 10);
  assertEquals(rounds(10, 2_000).size, 11);
});
