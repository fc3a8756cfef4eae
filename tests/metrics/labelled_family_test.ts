import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { CounterFamily } from "../../src/metrics/counter.ts";
import { Registry } from "../../src/metrics/registry.ts";
import type { LabelValues } from "../../src/metrics/label_values.ts";

type Labels = LabelValues<"a" | "b">;

function family(): { counter: CounterFamily<"a" | "b">; registry: Registry } {
  const registry = new Registry();
  const counter = registry.counter({ name: "c_total", help: "", labels: ["a", "b"] });
  return { counter, registry };
}

Deno.test("LabelledFamily returns one handle for one label set, in whatever order and type", () => {
  const { counter } = family();
  const handle = counter.labels({ a: 1, b: true });
  const same: Labels[] = [{ b: true, a: 1 }, { a: "1", b: "true" }, { a: 1.0, b: "true" }];
  for (const labels of same) assertStrictEquals(counter.labels(labels), handle);
});

Deno.test("LabelledFamily keeps label sets apart whose values look like several labels", () => {
  const { counter, registry } = family();
  const sets: Labels[] = [
    { a: 'x",b="y', b: "" },
    { a: "x", b: 'y",b="' },
    { a: "x", b: "y" },
    { a: "", b: "" },
    { a: 0, b: false },
    { a: "x|y", b: "" },
  ];
  sets.forEach((labels, i) => counter.inc(labels, i + 1));
  assertEquals(sets.map((labels) => counter.labels(labels).value), [1, 2, 3, 4, 5, 6]);
  assertEquals(registry.shard.layout.seriesCount, 6);
});

Deno.test("LabelledFamily names metric, label, rule and what was received for a bad label", () => {
  const { counter } = family();
  const use = (labels: unknown) => () => counter.inc(labels as Labels);
  const rule = (label: string, received: string) =>
    `Cannot use "c_total": label "${label}" must be a string, number or boolean: received ${received}`;
  const cases: [unknown, string][] = [
    [{ a: "1" }, rule("b", "nothing")],
    [{}, rule("a", "nothing")],
    [undefined, rule("a", "nothing")],
    [null, rule("a", "nothing")],
    [{ a: null, b: "1" }, rule("a", "object")],
    [{ a: "1", b: {} }, rule("b", "object")],
    [{ a: 1n, b: "1" }, rule("a", "bigint")],
    [{ a: "1", b: "2", c: "3" }, 'Cannot use "c_total": its labels are a, b: received also "c"'],
  ];
  for (const [labels, message] of cases) assertThrows(use(labels), TypeError, message);
});

Deno.test("LabelledFamily refuses an unknown label also on a series that exists", () => {
  const { counter } = family();
  counter.inc({ a: "1", b: "2" });
  const labels = { a: "1", b: "2", c: "3" };
  assertThrows(() => counter.inc(labels), TypeError, 'received also "c"');
  assertEquals(counter.labels({ a: "1", b: "2" }).value, 1);
});

Deno.test("LabelledFamily finds the same series by labels that an object inherits", () => {
  const { counter, registry } = family();
  const handle = counter.labels({ a: "1", b: "2" });
  assertStrictEquals(counter.labels(Object.create({ a: "1", b: "2" })), handle);
  const more = Object.assign(Object.create({ unrelated: 1 }), { a: "1", b: "2" });
  assertStrictEquals(counter.labels(more), handle);
  assertEquals(registry.shard.layout.seriesCount, 1);
});

Deno.test("LabelledFamily takes lone surrogates for U+FFFD, as they are one on the wire", () => {
  const { counter, registry } = family();
  const handle = counter.labels({ a: "\ud800", b: "2" });
  for (const a of ["\ud800", "\udfff", "\ufffd"]) {
    assertStrictEquals(counter.labels({ a, b: "2" }), handle);
  }
  assertEquals(registry.shard.layout.seriesCount, 1);
  assertEquals(registry.shard.layout.labelValuesOf(0), ["\ufffd", "2"]);
});

Deno.test("A series is one whether it is used by its labels or by its handle, in every order", () => {
  const step = fc.record({
    a: fc.constantFrom("x", "y", "z"),
    how: fc.constantFrom("labels", "handle", "remove"),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
    const registry = new Registry();
    const counter = registry.counter({ name: "c_total", help: "", labels: ["a"] });
    const gauge = registry.gauge({ name: "g", help: "", labels: ["a"] });
    const histogram = registry.histogram({ name: "h", help: "", labels: ["a"], buckets: [0] });
    const counts = { x: 0, y: 0, z: 0 };
    const gauges = { x: 0, y: 0, z: 0 };
    for (const { a, how } of steps) {
      const labels = { a };
      if (how === "remove") {
        counter.remove(labels);
        gauge.remove(labels);
        gauges[a as keyof typeof gauges] = 0;
        continue;
      }
      counts[a as keyof typeof counts]++;
      gauges[a as keyof typeof gauges]--;
      if (how === "labels") {
        counter.inc(labels);
        gauge.dec(labels);
        histogram.observe(labels, 1);
      } else {
        counter.labels(labels).inc();
        gauge.labels(labels).dec();
        histogram.labels(labels).observe(1);
      }
    }
    for (const a of ["x", "y", "z"] as const) {
      assertEquals(counter.labels({ a }).value, counts[a]);
      assertEquals(gauge.labels({ a }).value, gauges[a]);
      assertEquals(histogram.labels({ a }).count, counts[a]);
    }
  }));
});

Deno.test("What a series without a handle has besides its cells goes to that series", () => {
  let nowMs = 0;
  const registry = new Registry({ wallMs: () => 5_000, nowMs: () => nowMs });
  const { layout, exemplars, live } = registry.shard;
  const histogram = registry.histogram({ name: "h", help: "", labels: ["a"], buckets: [1, 2] });
  const latest = registry.gauge({
    name: "g",
    help: "",
    labels: ["a"],
    merge: "latest",
    idleTtlMs: 1000,
  });
  for (const a of ["x", "y"]) {
    histogram.observe({ a }, 1);
    latest.set({ a }, 1);
  }
  histogram.observe({ a: "y" }, -1, { labels: { trace_id: "t" } });
  assertEquals([0, 1, 2, 3].map((series) => layout.isSumState(series)), [
    false,
    false,
    true,
    false,
  ]);
  assertEquals(exemplars.get(layout.firstCellOf(2))?.labels, { trace_id: "t" });
  assertEquals(live.get(layout.firstCellOf(3) + 1), 5, "when it was set");
  for (; nowMs < 3000; nowMs += 100) {
    latest.set({ a: "y" }, 1);
    registry.shard.stamp();
  }
  assertEquals([1, 3].map((series) => layout.isHidden(series)), [true, false]);
});
