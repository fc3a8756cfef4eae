import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { FamilyDef } from "../../../src/metrics/family.ts";
import { Layout } from "../../../src/metrics/layout.ts";
import type { Contribution } from "../../../src/metrics/merge/contribution.ts";
import { decide, familyKey } from "../../../src/metrics/merge/decisions.ts";
import { Merger } from "../../../src/metrics/merge/merger.ts";
import { Registry } from "../../../src/metrics/registry.ts";
import { contribution, exposed, sample } from "./exposed.ts";

function family(name: string, rest: Partial<FamilyDef> = {}): FamilyDef {
  const type = rest.type ?? "counter";
  const merge = type === "gauge" ? "sum" : "add";
  return { name, help: "H.", type, unit: "", merge, labelNames: [], bounds: [], ...rest };
}

function holding(
  node: string,
  families: readonly FamilyDef[],
  rest: Partial<Contribution> = {},
): Contribution {
  const layout = new Layout();
  for (const it of families) layout.addSeries(layout.addFamily(it), [], 0);
  const pages = [new Float64Array(1024).fill(1)];
  return contribution(node, { layout, seq: 1, pages, stamps: null, cellCount: 1024 }, rest);
}

const COUNTER = family("x");
const GAUGE = family("x", { type: "gauge" });
const DEPARTED = { life: "departed" } as const;

function winner(...contributions: readonly Contribution[]): string | undefined {
  return decide(contributions).families.get(familyKey(COUNTER))?.type;
}

Deno.test("decide keeps the type that most live contributions hold, however many departed ones differ", () => {
  const nodes = [
    holding("a", [COUNTER]),
    holding("b", [GAUGE]),
    holding("c", [GAUGE]),
    holding("d", [COUNTER], DEPARTED),
    holding("e", [COUNTER], DEPARTED),
  ];
  const { families, conflicts } = decide(nodes);
  assertEquals(families.get(familyKey(COUNTER)), GAUGE);
  assertEquals(
    conflicts,
    ["a", "d", "e"].map((node) => ({
      family: "x",
      node,
      incarnation: `${node}#1`,
      reason: "type" as const,
      winner: "x",
    })),
  );
});

Deno.test("decide breaks a tie by the longest-lived holder, then by the smallest incarnation", () => {
  const counter = holding("a", [COUNTER], { startedAtMs: 5 });
  assertEquals(winner(counter, holding("b", [GAUGE], { startedAtMs: 4 })), "gauge");
  assertEquals(winner(counter, holding("b", [GAUGE], { startedAtMs: 6 })), "counter");
  assertEquals(winner(counter, holding("b", [GAUGE], { startedAtMs: 5 })), "counter");
});

Deno.test("decide breaks a tie between live holders without a look at departed ones", () => {
  const old = holding("a", [COUNTER], { ...DEPARTED, startedAtMs: 1 });
  const counter = holding("b", [COUNTER], { startedAtMs: 5 });
  const gauge = holding("c", [GAUGE], { startedAtMs: 4 });
  assertEquals(winner(old, counter, gauge), "gauge");
  assertEquals(winner(counter, gauge, old), "gauge");
});

Deno.test("decide counts a contribution once, however many families of the name it has", () => {
  const counters = [COUNTER, family("x", { labelNames: ["k"] })];
  const gauge = holding("b", [GAUGE], { startedAtMs: -1 });
  assertEquals(winner(holding("a", counters), gauge), "gauge");
});

Deno.test("decide asks the departed where no live contribution has the family", () => {
  const histogram = family("x", { type: "histogram", bounds: [1] });
  const nodes = [
    holding("a", [histogram], { ...DEPARTED, startedAtMs: 1 }),
    holding("b", [COUNTER], { ...DEPARTED, startedAtMs: 2 }),
    holding("c", [COUNTER], { ...DEPARTED, startedAtMs: 3 }),
  ];
  assertEquals(winner(...nodes), "counter");
  assertEquals(winner(...nodes.slice(0, 2)), "histogram");
});

Deno.test("decide gives the gauges of the departed no say, since they are not shown", () => {
  const departed = [holding("a", [GAUGE], DEPARTED), holding("b", [GAUGE], DEPARTED)];
  const { families, conflicts } = decide([...departed, holding("c", [COUNTER], DEPARTED)]);
  assertEquals(families.get(familyKey(COUNTER)), COUNTER);
  assertEquals(conflicts, []);
});

Deno.test("decide reports merge modes that differ", () => {
  const nodes = [
    holding("a", [GAUGE], { startedAtMs: 1 }),
    holding("b", [{ ...GAUGE, merge: "max" }], { startedAtMs: 2 }),
  ];
  const { conflicts } = decide(nodes);
  assertEquals(conflicts.map((it) => [it.node, it.reason]), [["b", "merge_mode"]]);
});

Deno.test("decide leaves out a family whose samples bear the names of another's", () => {
  const histogram = family("x", { type: "histogram", bounds: [1] });
  const count = family("x_count");
  const nodes = [holding("a", [histogram]), holding("b", [count]), holding("c", [count])];
  const { families, conflicts } = decide(nodes);
  assertEquals([...families.values()].map((it) => it.name), ["x_count"]);
  assertEquals(conflicts, [{
    family: "x",
    node: "a",
    incarnation: "a#1",
    reason: "sample_names",
    winner: "x_count",
  }]);
});

Deno.test("decide takes help and unit from most of those that won, and adds a node label to per_node", () => {
  const gauge = family("x", { type: "gauge", merge: "per_node", labelNames: ["z", "k"] });
  const nodes = [
    holding("a", [{ ...gauge, help: "Old.", unit: "bytes" }]),
    holding("b", [{ ...gauge, help: "New." }]),
    holding("c", [{ ...gauge, help: "New.", labelNames: ["k", "z"] }]),
  ];
  assertEquals([...decide(nodes).families.values()], [
    { ...gauge, help: "New.", labelNames: ["k", "z", "node"] },
  ]);
});

Deno.test("decide comes to the same definitions in whatever order the contributions stand", () => {
  const pool = [
    COUNTER,
    GAUGE,
    { ...GAUGE, merge: "max" as const },
    { ...COUNTER, help: "Other.", labelNames: ["k"] },
    family("x_count"),
    family("x", { type: "histogram", bounds: [1, 2] }),
    family("x", { type: "histogram", bounds: [2, 3] }),
  ];
  const node = fc.record({
    held: fc.nat(pool.length - 1),
    startedAtMs: fc.nat(2),
    life: fc.constantFrom("live" as const, "departed" as const),
  });
  fc.assert(fc.property(fc.array(node, { maxLength: 8 }), (nodes) => {
    const list = nodes.map(({ held, startedAtMs, life }, i) =>
      holding(`n${i}`, [pool[held]!], { startedAtMs, life })
    );
    const outcome = (of: readonly Contribution[]) => {
      const { families, conflicts } = decide(of);
      return [[...families].sort(), conflicts.map((it) => JSON.stringify(it)).sort()];
    };
    assertEquals(outcome(list.toReversed()), outcome(list));
  }));
});

Deno.test("Merger leaves out the losers' values only, and takes them in again once they win", () => {
  const merger = new Merger();
  const [a, b] = [new Registry(), new Registry()];
  a.counter({ name: "x", help: "X." }).inc(5);
  a.counter({ name: "y_total", help: "Y." }).inc(1);
  b.gauge({ name: "x", help: "X.", merge: "sum" }).set(7);
  b.counter({ name: "y_total", help: "Y." }).inc(2);
  const counter = contribution("a", a);
  const gauge = contribution("b", b);
  assertEquals([...exposed(merger.merge([counter, gauge]))], [
    [sample("x"), 5],
    [sample("y_total"), 3],
  ]);
  const departed = exposed(merger.merge([{ ...counter, life: "departed" }, gauge]));
  assertEquals([departed.get(sample("x")), departed.get(sample("y_total"))], [7, 3]);
  const both = exposed(
    merger.merge([{ ...counter, life: "departed" }, { ...gauge, life: "departed" }]),
  );
  assertEquals([both.get(sample("x")), both.get(sample("y_total"))], [5, 3]);
});

Deno.test("Merger exposes the help and unit that most hold, also after they have changed", () => {
  const merger = new Merger();
  const plain = holding("a", [COUNTER]);
  const better = ["b", "c"].map((node) => holding(node, [{ ...COUNTER, unit: "bytes" }]));
  const text = (contributions: readonly Contribution[]) =>
    merger.merge(contributions).layout.families.map((it) => it.unit);
  assertEquals([text([plain]), text([plain, ...better])], [[""], ["bytes"]]);
});

Deno.test("Merger takes a gauge that a layout has twice once", () => {
  assertEquals([...exposed(new Merger().merge([holding("a", [GAUGE, GAUGE])]))], [[
    sample("x"),
    1,
  ]]);
});
