import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { GaugeMerge } from "../../src/metrics/family.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { shown } from "./shown.ts";

const M = { name: "m_total", help: "M." };

Deno.test("Registry names metric, rule and value when a definition is not allowed", () => {
  const registry = new Registry();
  const untyped = (value: unknown) => value as string;
  const cases: [() => unknown, string][] = [
    [() => registry.counter({ name: "a-b", help: "" }), 'Cannot register "a-b": name must match'],
    [
      () => registry.counter({ ...M, labels: ["a", "a"] }),
      'Cannot register "m_total": labels must be distinct: received ["a","a"]',
    ],
    [
      () => registry.counter({ ...M, labels: [] }),
      'Cannot register "m_total": labels must name at least one: leave them out',
    ],
    [
      () => registry.histogram({ ...M, buckets: [2, 1] }),
      'Cannot register "m_total": buckets must ascend: received 1 after 2',
    ],
    [
      () => registry.gauge({ ...M, merge: untyped("total") as GaugeMerge }),
      'Cannot register "m_total": merge must be one of per_node, sum, min, max, avg, latest: ' +
      'received "total"',
    ],
    [
      () => registry.gauge({ ...M, labels: ["node"] }),
      'Cannot register "m_total": a metric merged per_node must not have a label "node"',
    ],
    [
      () => registry.counter({ name: "m_total", help: untyped(undefined) }),
      'Cannot register "m_total": help must be a string: received nothing',
    ],
    [
      () => registry.gauge({ name: "up", help: "" }),
      'Cannot register "up": name must not be one that Prometheus gives to its own series',
    ],
    [
      () => registry.counter({ name: "a\nb", help: "" }),
      'Cannot register "a\\nb": name must match',
    ],
    [
      () => registry.gauge({ name: "a\nb", help: "", merge: untyped("total") as GaugeMerge }),
      'Cannot register "a\\nb": merge must be one of',
    ],
    [() => registry.counter({ name: untyped(5), help: "" }), "Cannot register 5: name must match"],
    [
      () => registry.histogram({ ...M, buckets: untyped(5) as unknown as number[] }),
      'Cannot register "m_total": buckets must be a list: received 5',
    ],
    [
      () => registry.summary({ ...M, quantiles: untyped("0.5") as unknown as number[] }),
      'Cannot register "m_total": quantiles must be a list: received "0.5"',
    ],
    [
      () => registry.counter({ ...M, labels: untyped("plan") as unknown as string[] }),
      'Cannot register "m_total": labels must be a list: received "plan"',
    ],
  ];
  for (const [register, message] of cases) {
    assertStringIncludes(assertThrows(register, TypeError).message, message);
  }
  assertEquals(registry.shard.layout.revision, 0, "a refused definition leaves nothing behind");
  registry.counter(M);
});

Deno.test("Registry refuses a name that is taken, also by a histogram's samples", () => {
  const histogram = { name: "h", help: "" };
  const clashes: [string, string][] = [["h", "h"], ["h", "h_bucket"], ["h", "h_sum"], [
    "h",
    "h_count",
  ]];
  for (const [first, second] of clashes) {
    const registry = new Registry();
    registry.histogram(histogram);
    const error = assertThrows(() => registry.counter({ name: second, help: "" }), TypeError);
    assertStringIncludes(
      error.message,
      `Cannot register "${second}": its sample name "${second}" must not be in use: "${first}"`,
    );
  }
  for (const name of ["h", "h_bucket", "h_sum", "h_count"]) {
    const registry = new Registry();
    registry.gauge({ name, help: "" });
    const error = assertThrows(() => registry.histogram(histogram), TypeError);
    assertStringIncludes(error.message, `its sample name "${name}" must not be in use`);
  }
});

Deno.test("Registry shares nothing with another one", () => {
  const [a, b] = [new Registry(), new Registry()];
  a.counter(M).inc();
  assertEquals(b.counter(M).value, 0);
});

Deno.test("Registry never changes the arrays of its caller, nor follows their later changes", () => {
  const labels = ["a", "b"];
  const buckets = [1, 2];
  const registry = new Registry();
  const frozen = { ...M, labels: Object.freeze(labels), buckets: Object.freeze(buckets) } as const;
  registry.histogram(frozen).observe({ a: "1", b: "2" }, 1.5);
  assertEquals([labels, buckets], [["a", "b"], [1, 2]]);

  const open = { labels: ["a"], buckets: [1, 2] };
  const family = registry.histogram({ name: "n", help: "", ...open });
  open.labels.push("x");
  open.buckets.push(0);
  family.observe({ a: "1" }, 1.5);
  const definition = registry.shard.layout.families[1]!;
  assertEquals([definition.labelNames, definition.bounds], [["a"], [1, 2]]);
});

Deno.test("Registry makes a plain metric's series at once, and a labelled one's at its first use", () => {
  const registry = new Registry();
  const { layout } = registry.shard;
  registry.counter({ name: "plain_total", help: "" });
  assertEquals(layout.seriesCount, 1);
  const labelled = registry.counter({ ...M, labels: ["a"] });
  assertEquals([layout.families.length, layout.seriesCount], [2, 1]);
  labelled.labels({ a: "x" });
  assertEquals([layout.seriesCount, layout.labelValuesOf(1)], [2, ["x"]]);
});

Deno.test("Registry keeps its handles where they are while series are added over many pages", () => {
  const registry = new Registry();
  const first = registry.counter({ name: "first_total", help: "" });
  const family = registry.histogram({ name: "h", help: "", labels: ["n"] });
  const handles = Array.from({ length: 1000 }, (_, n) => family.labels({ n }));
  first.inc(3);
  handles.forEach((handle, n) => handle.observe(n));
  registry.shard.stamp();
  assertEquals(first.value, 3);
  const { layout, pages } = registry.shard;
  handles.forEach((handle, n) => {
    assertEquals([handle.count, handle.sum], [1, n]);
    const cell = layout.firstCellOf(n + 1);
    assertEquals(pages[cell >>> 10]![(cell & 1023) + 12], n, "the sum's published cell");
  });
});

Deno.test("Registry sends label sets beyond a family's budget to one overflow series", () => {
  const overflowed: string[] = [];
  const registry = new Registry({
    seriesPerFamilyMax: 2,
    onOverflow: (family) => overflowed.push(family),
  });
  const counter = registry.counter({ ...M, labels: ["a", "b"] });
  const other = registry.counter({ name: "other_total", help: "", labels: ["a"] });
  for (const a of ["1", "2", "3", "4", "3", "1"]) counter.inc({ a, b: "x" });
  other.inc({ a: "1" });
  const { layout, live } = registry.shard;
  const series = Array.from({ length: layout.seriesCount }, (_, i) => ({
    names: layout.families[layout.familyOf(i)]!.labelNames,
    values: layout.labelValuesOf(i),
    value: live.get(layout.firstCellOf(i)),
  }));
  assertEquals(series, [
    { names: ["a", "b"], values: ["1", "x"], value: 2 },
    { names: ["a", "b"], values: ["2", "x"], value: 1 },
    { names: ["muster_overflow"], values: ["true"], value: 3 },
    { names: ["a"], values: ["1"], value: 1 },
  ]);
  assertEquals(overflowed, ["m_total", "m_total", "m_total"], "each use is counted");
  assertEquals(counter.labels({ a: "9", b: "9" }), counter.labels({ a: "3", b: "x" }));
});

Deno.test("Registry counts all families against its budget of cells, overflow series included", () => {
  const overflowed: string[] = [];
  const registry = new Registry({ cellsMax: 18, onOverflow: (family) => overflowed.push(family) });
  const histogram = registry.histogram({ name: "h", help: "", labels: ["a"], buckets: [1, 2] });
  const gauge = registry.gauge({ name: "g", help: "", labels: ["a"] });
  histogram.observe({ a: "1" }, 1);
  histogram.observe({ a: "2" }, 1);
  gauge.set({ a: "1" }, 1);
  histogram.observe({ a: "3" }, 1);
  assertEquals(overflowed, ["g", "h"]);
  histogram.observe({ a: "2" }, 1);
  assertEquals(overflowed, ["g", "h"], "what is there already needs no room");
});

Deno.test("Registry's onOverflow may count in a metric that has no room either", async () => {
  const told: string[] = [];
  const registry = new Registry({
    seriesPerFamilyMax: 1,
    onOverflow: (family) => {
      told.push(family);
      overflows.inc({ family });
    },
  });
  const overflows = registry.counter({ name: "overflows_total", help: "", labels: ["family"] });
  overflows.inc({ family: "other" });
  const counter = registry.counter({ ...M, labels: ["a"] });
  counter.inc({ a: "1" });
  counter.inc({ a: "2" });
  assertEquals(told, ["m_total"]);
  assertEquals((await shown(registry)).at(-1), 'overflows_total{muster_overflow="true"} 1');
});

Deno.test("Registry counts in the overflow series also where its onOverflow throws", async () => {
  const registry = new Registry({
    seriesPerFamilyMax: 1,
    onOverflow: () => {
      throw new Error("broken");
    },
  });
  const counter = registry.counter({ ...M, labels: ["a"] });
  counter.inc({ a: "1" });
  counter.inc({ a: "2" }, 5);
  assertEquals((await shown(registry)).at(-1), 'm_total{muster_overflow="true"} 5');
});

Deno.test("Registry never has more cells than its budget, whatever is registered and used", () => {
  const uses = fc.array(fc.tuple(fc.nat(5), fc.nat(30)), { maxLength: 200 });
  fc.assert(fc.property(uses, fc.integer({ min: 1, max: 3000 }), (list, cellsMax) => {
    const registry = new Registry({ cellsMax });
    const families: (() => (a: number) => void)[] = [
      () => {
        const family = registry.counter({ name: "c", help: "", labels: ["a"] });
        return (a) => family.inc({ a });
      },
      () => {
        const family = registry.histogram({ name: "h", help: "", labels: ["a"] });
        return (a) => family.observe({ a }, a);
      },
      () => {
        const family = registry.nativeHistogram({ name: "n", help: "", labels: ["a"] });
        return (a) => family.observe({ a: a % 3 }, a);
      },
      () => {
        const family = registry.summary({ name: "s", help: "", labels: ["a"] });
        return (a) => family.observe({ a: a % 3 }, a);
      },
      () => {
        const metric = registry.nativeHistogram({ name: "p", help: "" });
        return (a) => metric.observe(a * a);
      },
      () => {
        const states = registry.stateSet({ name: "t", help: "", states: ["x", "y"] });
        return (a) => states.set("x", a > 3);
      },
    ];
    const made = new Map<number, (a: number) => void>();
    for (const [family, a] of list) {
      try {
        const use = made.get(family) ?? families[family]!();
        made.set(family, use);
        use(a);
      } catch (error) {
        // Only a registration may find no room; a second attempt finds its name taken.
        assertMatch(String(error), /Cannot register/);
      }
      assert(registry.shard.live.length <= cellsMax);
    }
  }));
});

Deno.test("Registry refuses bad labels also where there is no room for good ones", () => {
  const registry = new Registry({ seriesPerFamilyMax: 1 });
  const counter = registry.counter({ ...M, labels: ["a"] });
  counter.inc({ a: "1" });
  assertThrows(() => counter.inc({} as { a: string }), TypeError, 'label "a" must be');
});

Deno.test("a registration that throws takes neither name nor room, so that it can be done again", () => {
  const registry = new Registry({ cellsMax: 60 });
  const labels = ["a"] as const;
  const many = Array.from({ length: 2_500 }, (_, i) => i);
  const buckets = Array.from({ length: 100 }, (_, i) => i);
  const refused: readonly (() => unknown)[] = [
    () => registry.counter({ name: "m", help: "", labels, values: { a: many } }),
    () => registry.counter({ name: "m", help: "", labels, values: { a: [{} as string] } }),
    () => registry.counter({ name: "m", help: "", labels, values: { a: 7 as never } }),
    () => registry.histogram({ name: "m", help: "", labels, buckets }),
    () => registry.histogram({ name: "m", help: "", buckets }),
    () => registry.stateSet({ name: "m", help: "", states: buckets.map((n) => `s${n}`) }),
    () => registry.gauge({ name: "m", help: "", labels, idleTtlMs: NaN }),
  ];
  for (const register of refused) assertThrows(register);
  assertEquals(registry.shard.layout.families, []);
  registry.histogram({ name: "m", help: "", labels, buckets: buckets.slice(0, 28) });
  assertThrows(() => registry.gauge({ name: "g", help: "" }), RangeError);
});

Deno.test("a registry without room says what is in use, what is kept, and how much there may be", () => {
  const registry = new Registry({ cellsMax: 10 });
  registry.gauge({ name: "a", help: "" });
  registry.gauge({ name: "b", help: "", labels: ["x"] });
  assertThrows(
    () => registry.histogram({ name: "h", help: "", buckets: [1, 2, 3, 4, 5, 6] }),
    RangeError,
    'Cannot register "h": its cells must fit into the registry: received 8, with 1 that are in use, ' +
      "2 that are kept for the first and the overflow series of families, and a cellsMax of 10: " +
      "raise it (METRICS_CELLS_MAX of a node), or register less",
  );
});

Deno.test("Registry.rehearsal refuses what the registry itself would, and leaves it as it is", () => {
  const overflows: string[] = [];
  for (let used = 1; used < 1_100; used += 157) {
    const registry = new Registry({
      cellsMax: 1_100,
      onOverflow: (family) => overflows.push(family),
    });
    registry.stateSet({
      name: "used",
      help: "",
      states: Array.from({ length: used }, (_, i) => `s${i}`),
    });
    const fits = (where: Registry, buckets: number) => {
      try {
        where.histogram({
          name: "h",
          help: "",
          buckets: Array.from({ length: buckets }, (_, i) => i),
        });
        return true;
      } catch (error) {
        if (error instanceof RangeError) return false;
        throw error;
      }
    };
    for (const buckets of [1, 30, 80, 120, 150]) {
      const rehearsed = fits(registry.rehearsal(), buckets);
      const copy = new Registry({ cellsMax: 1_100 });
      copy.stateSet({
        name: "used",
        help: "",
        states: Array.from({ length: used }, (_, i) => `s${i}`),
      });
      assertEquals(rehearsed, fits(copy, buckets), `${buckets} buckets with ${used} cells in use`);
    }
    assertThrows(() => registry.rehearsal().gauge({ name: "used", help: "" }), TypeError, "in use");
    assertEquals(registry.shard.cellCount, used);
  }
  assertEquals(overflows, []);
});
