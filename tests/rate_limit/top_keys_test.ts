import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { TopKeys } from "../../src/rate_limit/top_keys.ts";

Deno.test("every key with more than 1/32 of all refusals is among the top, and its count is off by its error at most", () => {
  const refusal = fc.record({
    // Few that come often among many that come once.
    key: fc.oneof(fc.nat(5), fc.nat(500)),
    cost: fc.integer({ min: 1, max: 9 }),
  });
  const refusals = fc.array(refusal, { maxLength: 600, size: "max" });
  fc.assert(fc.property(refusals, (all) => {
    const top = new TopKeys();
    const exact = new Map<string, number>();
    let sum = 0;
    for (const { key, cost } of all) {
      top.add(`key ${key}`, key, -key, cost);
      exact.set(`key ${key}`, (exact.get(`key ${key}`) ?? 0) + cost);
      sum += cost;
    }
    const listed = top.list(100, (key) => key);
    assert(listed.length <= 32);
    const counts = listed.map(({ limited }) => limited);
    assertEquals(counts, counts.toSorted((a, b) => b - a));
    for (const { hash: key, limited, error } of listed) {
      const count = exact.get(key)!;
      assert(
        limited >= count && limited - error <= count,
        `${key}: ${limited}, ${error}, ${count}`,
      );
    }
    for (const [key, count] of exact) {
      if (count > sum / 32) assert(listed.some(({ hash }) => hash === key), `${key} of ${count}`);
    }
  }));
});

Deno.test("a long key is cut before it is kept", () => {
  const top = new TopKeys();
  top.add("k".repeat(10_000), 1, 2, 1);
  assertEquals(top.list(1, (key) => key)[0]!.hash.length, 256);
});
