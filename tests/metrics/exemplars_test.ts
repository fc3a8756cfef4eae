import { assertEquals, assertThrows } from "@std/assert";
import { PAGE_CELLS } from "../../src/metrics/cells.ts";
import { EXEMPLARS_MAX } from "../../src/metrics/exemplars.ts";
import { Registry } from "../../src/metrics/registry.ts";

const TRACE = { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" };

Deno.test("Counter.inc keeps the newest exemplar with the value added and the time", () => {
  let nowMs = 1000;
  const registry = new Registry({ wallMs: () => nowMs });
  const { layout, exemplars } = registry.shard;
  const counter = registry.counter({ name: "c", help: "", labels: ["a"] });
  counter.inc({ a: "other" });
  counter.inc({ a: "x" }, 2, { labels: TRACE });
  const cell = layout.firstCellOf(1);
  assertEquals(exemplars.get(cell), { labels: TRACE, value: 2, timestampMs: 1000 });
  nowMs = 2000;
  counter.inc({ a: "x" }, 1, { labels: { trace_id: "b" }, value: 9, timestampMs: 5 });
  assertEquals(exemplars.get(cell), { labels: { trace_id: "b" }, value: 9, timestampMs: 5 });
  counter.inc({ a: "x" });
  assertEquals(exemplars.size, 1);
});

Deno.test("Histogram.observe keeps an exemplar for each bucket, by the bucket's cell", () => {
  const registry = new Registry();
  const histogram = registry.histogram({ name: "h", help: "", labels: ["a"], buckets: [1, 2] });
  // Beyond the first page, a cell's number is more than its index.
  for (let i = 0; i < PAGE_CELLS; i++) histogram.labels({ a: i });
  histogram.observe({ a: 1000 }, 1.5, { labels: TRACE });
  const cell = registry.shard.layout.firstCellOf(1000) + 1;
  assertEquals(registry.shard.exemplars.get(cell)?.value, 1.5);
});

Deno.test("NativeHistogram.observe keeps an exemplar for each bin, by the bin's cell", () => {
  const registry = new Registry();
  const histogram = registry.nativeHistogram({ name: "n", help: "" });
  histogram.observe(3);
  histogram.observe(50, { labels: TRACE });
  const { layout, exemplars } = registry.shard;
  const cells = layout.binsOf(0).map((bin) => layout.binAt(bin).cell);
  assertEquals(cells.map((cell) => exemplars.get(cell)?.value), [50, undefined, undefined]);
});

Deno.test("An exemplar that OpenMetrics does not allow is refused by name, and nothing is counted", () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "c", help: "" });
  const histogram = registry.histogram({ name: "h", help: "" });
  const rule = 'Cannot keep an exemplar of "c": ';
  const cases: [Record<string, unknown>, string][] = [
    [{ "a-b": "" }, 'a label name must match ^[a-zA-Z_][a-zA-Z0-9_]*$: received "a-b"'],
    [{ a: 1 }, 'label "a" must be a string: received 1'],
    [{ a: "x".repeat(128) }, "names and values must have at most 128 characters together"],
  ];
  for (const [labels, message] of cases) {
    const exemplar = { labels: labels as Record<string, string> };
    assertThrows(() => counter.inc(1, exemplar), TypeError, rule + message);
    assertThrows(() => histogram.observe(1, exemplar), TypeError, message);
  }
  assertThrows(() => counter.inc(1, { labels: {}, value: NaN }), RangeError, "must be finite");
  const untimed = { labels: {}, timestampMs: Symbol("now") as unknown as number };
  assertThrows(() => counter.inc(1, untimed), RangeError, "must be finite: received 1, ");
  // Plain JavaScript hands in anything.
  const others: [unknown, string][] = [
    [{}, "it must have labels, an object of strings: received nothing"],
    [{ labels: "x" }, 'it must have labels, an object of strings: received "x"'],
    [null, "it must be an object: received null"],
    ["trace", 'it must be an object: received "trace"'],
  ];
  for (const [exemplar, message] of others) {
    assertThrows(() => counter.inc(1, exemplar as never), TypeError, rule + message);
    assertThrows(() => histogram.observe(1, exemplar as never), TypeError, message);
  }
  counter.inc(1, { labels: { a: "😀".repeat(127) } });
  assertEquals([counter.value, histogram.count], [1, 0]);
});

Deno.test("Exemplars are bounded: the one goes that was replaced longest ago", () => {
  const registry = new Registry({ seriesPerFamilyMax: EXEMPLARS_MAX + 1 });
  const counter = registry.counter({ name: "c", help: "", labels: ["a"] });
  const { exemplars } = registry.shard;
  for (let a = 0; a < EXEMPLARS_MAX; a++) counter.inc({ a }, 1, { labels: {} });
  counter.inc({ a: 0 }, 1, { labels: {} });
  counter.inc({ a: EXEMPLARS_MAX }, 1, { labels: {} });
  assertEquals([exemplars.size, exemplars.evicted], [EXEMPLARS_MAX, 1]);
  assertEquals([0, 1, 2].map((cell) => exemplars.get(cell) !== undefined), [true, false, true]);
});

Deno.test("Exemplars keep a copy of the labels that were handed in", () => {
  const registry = new Registry();
  const labels = { trace_id: "a" };
  registry.counter({ name: "c", help: "" }).inc(1, { labels });
  labels.trace_id = "b";
  assertEquals(registry.shard.exemplars.get(0)?.labels, { trace_id: "a" });
});
