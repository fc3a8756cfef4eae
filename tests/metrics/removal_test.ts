import { assertEquals, assertThrows } from "@std/assert";
import { Registry } from "../../src/metrics/registry.ts";
import { shown } from "./shown.ts";

Deno.test("CounterFamily.remove hides a counter, which goes on from its total when it is made again", async () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "c", help: "", labels: ["a"] });
  counter.inc({ a: "x" }, 3);
  counter.inc({ a: "y" }, 1);
  assertEquals([counter.remove({ a: "x" }), counter.remove({ a: "x" })], [true, false]);
  assertEquals(await shown(registry), ['c{a="y"} 1']);
  counter.inc({ a: "x" }, 2);
  assertEquals(await shown(registry), ['c{a="x"} 5', 'c{a="y"} 1']);
  assertEquals(registry.shard.layout.seriesCount, 2);
});

Deno.test("Counter that was removed comes back when a handle that was kept counts on", async () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "c", help: "", labels: ["a"] });
  const handle = counter.labels({ a: "x" });
  handle.inc(3);
  counter.remove({ a: "x" });
  assertEquals(await shown(registry), []);
  assertEquals(await shown(registry), []);
  handle.inc();
  assertEquals(await shown(registry), ['c{a="x"} 4']);
  assertEquals(counter.labels({ a: "x" }), handle);
});

Deno.test("GaugeFamily.remove lets go of the value, so that a gauge that is made again begins at 0", async () => {
  const registry = new Registry();
  const gauge = registry.gauge({ name: "g", help: "", labels: ["a"] });
  gauge.set({ a: "x" }, 7);
  await shown(registry);
  gauge.remove({ a: "x" });
  assertEquals(await shown(registry), []);
  gauge.set({ a: "x" }, 0);
  assertEquals(await shown(registry), ['g{a="x"} 0']);
});

Deno.test("HistogramFamily.clear hides every series, and each goes on where it was", async () => {
  const registry = new Registry();
  const histogram = registry.histogram({ name: "h", help: "", labels: ["a", "b"], buckets: [1] });
  for (const a of [1, 2]) for (const b of [1, 2]) histogram.observe({ a, b }, a * b);
  histogram.clear();
  assertEquals(await shown(registry), []);
  histogram.observe({ a: 2, b: 2 }, 1);
  assertEquals((await shown(registry)).at(-1), 'h_count{a="2",b="2"} 2');
});

Deno.test("SummaryFamily.remove empties the window, and keeps count and sum", async () => {
  const registry = new Registry();
  const summary = registry.summary({ name: "s", help: "", labels: ["a"], quantiles: [0.5] });
  summary.observe({ a: "x" }, 100);
  summary.remove({ a: "x" });
  assertEquals(await shown(registry), []);
  summary.labels({ a: "x" });
  const lines = await shown(registry);
  assertEquals(lines, ['s{a="x",quantile="0.5"} NaN', 's_sum{a="x"} 100', 's_count{a="x"} 1']);
});

Deno.test("A series that is removed and made again between two stamps leaves no row", () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "c", help: "", labels: ["a"] });
  counter.inc({ a: "x" });
  registry.shard.stamp();
  const { revision } = registry.shard.layout;
  for (let i = 0; i < 100; i++) {
    counter.remove({ a: "x" });
    counter.inc({ a: "x" });
  }
  registry.shard.stamp();
  assertEquals(registry.shard.layout.revision, revision);
});

Deno.test("CounterFamily.remove checks labels as counting does, and makes nothing", () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "c", help: "", labels: ["a"] });
  assertEquals(counter.remove({ a: "never made" }), false);
  assertThrows(() => counter.remove({} as { a: string }), TypeError, 'label "a" must be');
  assertEquals(registry.shard.layout.seriesCount, 0);
});

Deno.test("A removed series still counts against its family's budget, since its cells stay", () => {
  const registry = new Registry({ seriesPerFamilyMax: 2 });
  const counter = registry.counter({ name: "c", help: "", labels: ["a"] });
  counter.inc({ a: 1 });
  counter.inc({ a: 2 });
  counter.remove({ a: 1 });
  assertEquals(registry.seriesCounts(), [
    { family: "c", series: 2, removed: 1, seriesMax: 2, hasOverflowed: false },
  ]);
  counter.inc({ a: 3 });
  assertEquals(registry.seriesCounts()[0]!.hasOverflowed, true);
  assertEquals(counter.labels({ a: 1 }).value, 1, "it comes back without asking for room");
  assertEquals(registry.seriesCounts()[0]!.removed, 0);
});

/** One family of each kind that has series by labels, and a handle of one of them. */
function bound(registry: Registry) {
  const common = { help: "", labels: ["a"] as const, idleTtlMs: 2_000 };
  const counter = registry.counter({ name: "c", ...common });
  const gauge = registry.gauge({ name: "g", ...common });
  const histogram = registry.histogram({ name: "h", ...common, buckets: [1] });
  const native = registry.nativeHistogram({ name: "n", ...common });
  const summary = registry.summary({ name: "s", ...common });
  const at = { a: "x" };
  const [count, level, ...observers] = [
    counter.labels(at),
    gauge.labels(at),
    histogram.labels(at),
    native.labels(at),
    summary.labels(at),
  ] as const;
  const uses = [
    () => count.inc(),
    () => level.set(6),
    // The sum goes down by as much as the count goes up.
    ...observers.map((observer) => () => observer.observe(-1)),
  ];
  const families = [counter, gauge, histogram, native, summary];
  return families.map((family, i) => ({
    name: "cghns"[i]!,
    use: uses[i]!,
    remove: () => family.remove(at),
    clear: () => family.clear(),
  }));
}

/** The families that have something to show. */
async function namesShown(registry: Registry): Promise<string> {
  return [...new Set((await shown(registry)).map((line) => line[0]!))].sort().join("");
}

Deno.test("a series that came back by a handle is removed again by its labels, at once or after a stamp", async () => {
  for (const stampsBetween of [0, 1]) {
    const registry = new Registry();
    const families = bound(registry);
    for (let turn = 0; turn < 3; turn++) {
      for (const { use } of families) use();
      if (stampsBetween > 0) assertEquals(await namesShown(registry), "cghns");
      for (const { name, remove } of families) assertEquals(remove(), true, name);
      for (const { name, remove } of families) assertEquals(remove(), false, name);
      if (stampsBetween > 0) assertEquals(await namesShown(registry), "");
    }
    assertEquals(await namesShown(registry), "");
  }
});

Deno.test("clear hides what came back by a handle", async () => {
  const registry = new Registry();
  const families = bound(registry);
  for (const hide of ["clear", "remove", "clear", "clear"] as const) {
    for (const { use } of families) use();
    for (const family of families) family[hide]();
    assertEquals(await namesShown(registry), "");
  }
});

Deno.test("a series that came back by a handle is idle again after its time, and counted as shown", async () => {
  let ms = 0;
  const registry = new Registry({ nowMs: () => ms });
  const families = bound(registry);
  const removed = () => registry.seriesCounts().map((count) => count.removed);
  const pass = (seconds: number) => {
    for (let i = 0; i < seconds * 2; i++) {
      ms += 500;
      registry.shard.stamp();
    }
  };
  for (let turn = 0; turn < 3; turn++) {
    for (const { use } of families) use();
    assertEquals(await namesShown(registry), "cghns");
    assertEquals(removed(), [0, 0, 0, 0, 0]);
    pass(4);
    assertEquals(removed(), [1, 1, 1, 1, 1]);
    assertEquals(await namesShown(registry), "");
  }
});

Deno.test("a removed gauge comes back when a handle sets it, be it to 0 or after hide", async () => {
  const registry = new Registry();
  const gauge = registry.gauge({ name: "g", help: "", labels: ["a"] });
  const handle = gauge.labels({ a: "x" });
  for (const value of [5, 0, 0]) {
    handle.set(value);
    assertEquals(await shown(registry), [`g{a="x"} ${value}`]);
    gauge.remove({ a: "x" });
    assertEquals(await shown(registry), []);
  }
  handle.set(1);
  handle.hide();
  gauge.remove({ a: "x" });
  handle.set(2);
  assertEquals(gauge.remove({ a: "x" }), true);
  assertEquals(await shown(registry), []);
});

Deno.test("clear hides the overflow series too, and using it shows it again", async () => {
  const registry = new Registry({ seriesPerFamilyMax: 1 });
  const gauge = registry.gauge({ name: "g", help: "", labels: ["a"] });
  const counter = registry.counter({ name: "c", help: "", labels: ["a"] });
  const summary = registry.summary({ name: "s", help: "", labels: ["a"], quantiles: [] });
  const use = (n: number) => {
    for (const a of ["x", "y"]) {
      gauge.set({ a }, n);
      counter.inc({ a }, n);
      summary.observe({ a }, n);
    }
  };
  use(7);
  for (const family of [gauge, counter, summary]) family.clear();
  assertEquals(await shown(registry), []);
  use(0);
  assertEquals(await shown(registry), [
    'c{a="x"} 7',
    'g{a="x"} 0',
    'g{muster_overflow="true"} 0',
    's_sum{a="x"} 7',
    's_count{a="x"} 2',
    's_sum{muster_overflow="true"} 7',
    's_count{muster_overflow="true"} 2',
  ]);
});
