import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { Contribution } from "../../../src/metrics/merge/contribution.ts";
import { Merger } from "../../../src/metrics/merge/merger.ts";
import { Registry } from "../../../src/metrics/registry.ts";
import { contribution, exposed, sample } from "./exposed.ts";

function counting(node: string, value: number, rest: Partial<Contribution> = {}): Contribution {
  const registry = new Registry();
  registry.counter({ name: "spent_total", help: "Spent." }).inc(value);
  return contribution(node, registry, rest);
}

function spent(contributions: readonly Contribution[]): number | undefined {
  return exposed(new Merger().merge(contributions)).get(sample("spent_total"));
}

/** A copy of a merge's result as one contribution, as a ledger keeps what it has folded. */
function folded(contributions: readonly Contribution[], name: string): Contribution {
  const merged = new Merger().merge(contributions);
  return contribution(name, merged, { life: "departed", low: merged.low });
}

/** Nine orders of magnitude, and zero. */
const amount = fc.oneof(
  fc.constant(0),
  fc.double({ noNaN: true, min: 1e-3, max: 1e6 }),
  fc.integer({ min: 1, max: 2 ** 30 }),
);
const amounts = fc.array(amount, { minLength: 1, maxLength: 12 });

Deno.test("Merger adds the counters of live and departed incarnations", () => {
  assertEquals(spent([counting("a", 3), counting("b", 4, { life: "departed" })]), 7);
});

Deno.test("Merger adds integers beyond 2^53 without losing one", () => {
  const big = 2 ** 53;
  assertEquals(spent([counting("a", big), counting("b", 1), counting("c", 1)]), big + 2);
});

Deno.test("Merger gives one total for summands whose plain sum depends on their order", () => {
  const values = [88.5, 5.9, 5.9];
  const [a, b, c] = values as [number, number, number];
  assertEquals([a + b + c, c + b + a], [100.30000000000001, 100.3]);
  const totals = [values, values.toReversed()].map((order) =>
    spent(order.map((value, i) => counting(`node${i}`, value)))
  );
  assertEquals(totals, [100.3, 100.3]);
});

Deno.test("Merger gives one total whichever node holds which value, and however they are listed", () => {
  fc.assert(fc.property(
    amounts.chain((values) =>
      fc.tuple(
        fc.constant(values),
        fc.shuffledSubarray(values, { minLength: values.length }),
      )
    ),
    ([values, shuffled]) => {
      const nodes = values.map((value, i) => counting(`node${i}`, value));
      const others = shuffled.map((value, i) => counting(`node${i}`, value));
      assertEquals(spent(nodes), spent(others));
      assertEquals(spent(nodes), spent(nodes.toReversed()));
    },
  ));
});

Deno.test("Merger adds shards that begin alike as it adds them one by one, also those that go on otherwise", () => {
  const counted = fc.array(amount, { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(fc.array(counted, { minLength: 1, maxLength: 9 }), (nodes) => {
    const contributions = nodes.map((amounts, number) => {
      const registry = new Registry();
      const [first, ...rest] = amounts;
      registry.counter({ name: "first_total", help: "" }).inc(first);
      const places = registry.counter({ name: "places_total", help: "", labels: ["place"] });
      // Every third node has its series in another order.
      const order = number % 3 === 2 ? [...rest.entries()].toReversed() : rest.entries();
      for (const [place, value] of order) places.inc({ place }, value);
      return contribution(`n${number}`, registry);
    });
    const together = exposed(new Merger().merge(contributions));
    // A sum's low half makes the merger add each by itself.
    const low: Float64Array[] = [];
    const apart = contributions.map((one) => ({ ...one, low }));
    assertEquals(together, exposed(new Merger().merge(apart)));
  }));
});

Deno.test("Merger gives one total whether or not a group was merged before, with its low halves", () => {
  fc.assert(fc.property(amounts, fc.array(fc.nat(3), { minLength: 12 }), (values, groups) => {
    const nodes = values.map((value, i) => counting(`node${i}`, value));
    const group = (number: number) => nodes.filter((_, i) => groups[i] === number);
    const nested = folded([folded(group(1), "base1"), ...group(2)], "base2");
    assertEquals(spent([...group(0), nested, folded(group(3), "base3")]), spent(nodes));
  }));
});

Deno.test("Merger never shows a lower total because one incarnation counted more", () => {
  fc.assert(fc.property(amounts, fc.nat(), amount, (values, at, more) => {
    const raised = values.map((value, i) => i === at % values.length ? value + more : value);
    const [before, after] = [values, raised].map((list) =>
      spent(list.map((value, i) => counting(`node${i}`, value)))
    );
    assertEquals(after! >= before!, true, `${before} -> ${after}`);
  }));
});

Deno.test("Merger keeps label values apart that would be one if they were joined", () => {
  const values = ["", "a", "b", ",", "a,b", '"', '","', "\u0000", "a\u0000", "\\"];
  const value = fc.constantFrom(...values);
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.nat(2), value, value, fc.integer({ min: 1, max: 9 })), { maxLength: 30 }),
    (uses) => {
      const registries = [0, 1, 2].map(() => new Registry());
      const counters = registries.map((registry) =>
        registry.counter({ name: "uses_total", help: "Uses.", labels: ["x", "y"] })
      );
      const expected = new Map<string, number>();
      for (const [node, x, y, n] of uses) {
        counters[node]!.inc({ x, y }, n);
        // An empty label is none.
        const key = sample("uses_total", {
          ...(x === "" ? {} : { x }),
          ...(y === "" ? {} : { y }),
        });
        expected.set(key, (expected.get(key) ?? 0) + n);
      }
      const merged = new Merger().merge(registries.map((it, i) => contribution(`n${i}`, it)));
      assertEquals(new Map([...exposed(merged)].sort()), new Map([...expected].sort()));
    },
  ));
});

Deno.test("Merger takes label sets declared in another order for the same", () => {
  const [a, b] = [new Registry(), new Registry()];
  a.counter({ name: "x_total", help: "X.", labels: ["p", "q"] }).inc({ p: "1", q: "2" }, 10);
  b.counter({ name: "x_total", help: "X.", labels: ["q", "p"] }).inc({ p: "1", q: "2" }, 5);
  const merged = new Merger().merge([contribution("a", a), contribution("b", b)]);
  assertEquals([...exposed(merged)], [[sample("x_total", { p: "1", q: "2" }), 15]]);
});

Deno.test("Merger lets families of one name with other labels stand side by side", () => {
  const [a, b, c] = [new Registry(), new Registry(), new Registry()];
  a.counter({ name: "x_total", help: "X.", labels: ["p"] }).inc({ p: "1" }, 1);
  b.counter({ name: "x_total", help: "X.", labels: ["p", "q"] }).inc({ p: "1", q: "2" }, 2);
  c.counter({ name: "x_total", help: "X." }).inc(4);
  const merged = new Merger().merge([
    contribution("a", a),
    contribution("b", b),
    contribution("c", c),
  ]);
  assertEquals(
    [...exposed(merged)],
    [
      [sample("x_total", { p: "1" }), 1],
      [sample("x_total", { p: "1", q: "2" }), 2],
      [sample("x_total"), 4],
    ],
  );
  assertEquals(merged.conflicts, []);
});

Deno.test("Merger refuses an incarnation that contributes twice, which would count it twice", () => {
  const once = counting("a", 1);
  assertThrows(() => new Merger().merge([once, once]), RangeError, `"a#1" twice`);
});

Deno.test("Merger merges nothing into an empty shard", () => {
  const merged = new Merger().merge([]);
  assertEquals([merged.cellCount, merged.layout.revision, exposed(merged).size], [0, 0, 0]);
});
