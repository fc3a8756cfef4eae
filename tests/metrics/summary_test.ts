import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { relativeErrorOf } from "../../src/metrics/bin.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { quantileOf, readSketch } from "../../src/metrics/sketch.ts";
import { exactQuantile } from "./exact_quantile.ts";

const S = { name: "s", help: "" };
const WINDOW = { maxAgeMs: 600_000, ageBuckets: 5 };

/** A registry on a clock that is moved by hand, with a summary. */
function windowed() {
  const time = { ms: 0 };
  const registry = new Registry({ nowMs: () => time.ms });
  const summary = registry.summary({ ...S, ...WINDOW });
  const inWindow = () => {
    registry.shard.stamp();
    return readSketch(registry.shard, 0);
  };
  return { time, registry, summary, inWindow };
}

Deno.test("Summary keeps a value in its window for the whole age less one step, and not beyond the age", () => {
  const { time, summary, inWindow } = windowed();
  time.ms = 130_000;
  summary.observe(1);
  time.ms += 480_000;
  assertEquals(inWindow().count, 1);
  time.ms = 130_000 + 600_000;
  assertEquals(inWindow().count, 0);
});

Deno.test("Summary's count and sum stay when the window moves on", () => {
  const { time, summary, inWindow } = windowed();
  for (let i = 0; i < 100; i++) {
    summary.observe(i);
    time.ms += 50_000;
  }
  time.ms += 10_000_000;
  assertEquals(inWindow().count, 0);
  assertEquals([summary.count, summary.sum], [100, 4950]);
});

Deno.test("Summary holds in its window exactly the values of the last steps, whenever they came", () => {
  const events = fc.array(
    fc.tuple(fc.nat(200_000), fc.double({ min: 0.1, max: 10, noNaN: true })),
    {
      maxLength: 60,
    },
  );
  fc.assert(fc.property(events, fc.nat(700_000), (list, laterMs) => {
    const { time, summary, inWindow } = windowed();
    const observed: [number, number][] = [];
    for (const [waitMs, value] of list) {
      time.ms += waitMs;
      summary.observe(value);
      observed.push([time.ms, value]);
    }
    time.ms += laterMs;
    const stepMs = WINDOW.maxAgeMs / WINDOW.ageBuckets;
    const epoch = Math.floor(time.ms / stepMs);
    const expected = observed.filter(([atMs]) => Math.floor(atMs / stepMs) > epoch - 5);
    const sketch = inWindow();
    assertEquals(sketch.count, expected.length);
    assertEquals(summary.count, list.length);
    if (expected.length === 0) return;
    const exact = exactQuantile(expected.map(([, value]) => value), 0.9);
    assert(Math.abs(quantileOf(sketch, 0.9) - exact) <= exact * relativeErrorOf(5) * 1.0001);
  }));
});

Deno.test("Summary's sum becomes state at the first negative value", () => {
  const { summary, registry } = windowed();
  summary.observe(2);
  assertEquals(registry.shard.layout.isSumState(0), false);
  summary.observe(-5);
  assertEquals([summary.count, summary.sum, registry.shard.layout.isSumState(0)], [2, -3, true]);
});

Deno.test("Summary.observe refuses what is not finite by name, and counts nothing", () => {
  const { summary } = windowed();
  assertThrows(() => summary.observe(NaN), RangeError, 'Cannot observe "s"');
  assertEquals([summary.count, summary.sum], [0, 0]);
});

Deno.test("Summary has the schema that its relative error asks for", () => {
  const schemas = [0.0014, 0.011, 0.02, 0.3, 1].map((relativeError) => {
    const registry = new Registry();
    registry.summary({ ...S, relativeError }).observe(1);
    registry.shard.stamp();
    return readSketch(registry.shard, 0).schema;
  });
  assertEquals(schemas, [8, 5, 5, 1, -4]);
});

Deno.test("Summary keeps the relative error that was asked for over twelve decades, however small it is", () => {
  for (const relativeError of [0.00136, 0.003, 0.011, 0.5]) {
    const registry = new Registry();
    const summary = registry.summary({ ...S, relativeError });
    const values = Array.from({ length: 20_000 }, (_, i) => 10 ** (-6 + 12 * i / 20_000));
    for (const value of values) summary.observe(value);
    registry.shard.stamp();
    const sketch = readSketch(registry.shard, 0);
    for (const quantile of [0.01, 0.25, 0.5, 0.9, 0.99]) {
      const exact = exactQuantile(values, quantile);
      const error = Math.abs(quantileOf(sketch, quantile) - exact) / exact;
      assert(error <= relativeError, `${error} for ${quantile}, asked for ${relativeError}`);
    }
  }
});

Deno.test("Registry refuses options that no summary can have, by their names", () => {
  const registry = new Registry();
  const cases: [Record<string, unknown>, string][] = [
    [{ relativeError: 0.001 }, "relativeError must be from 0.00136 to 1: received 0.001"],
    [{ relativeError: 2 }, "relativeError must be"],
    [{ maxAgeMs: 0 }, "maxAgeMs must be a finite number above 0: received 0"],
    [{ ageBuckets: 0 }, "ageBuckets must be an integer from 1 to 100: received 0"],
    [{ quantiles: [0.9, 0.5] }, "quantiles must ascend: received 0.5 after 0.9"],
    [{ quantiles: [1.1] }, "quantiles must be from 0 to 1: received 1.1"],
    [{ labels: ["quantile"] }, 'must not be "quantile"'],
  ];
  for (const [options, message] of cases) {
    assertThrows(() => registry.summary({ ...S, ...options }), TypeError, message);
  }
});

Deno.test("SummaryFamily observes in the summary of its labels alone", () => {
  const family = new Registry().summary({ ...S, labels: ["a"] });
  family.observe({ a: "x" }, 2);
  family.observe({ a: "x" }, 3);
  assertEquals([family.labels({ a: "x" }).sum, family.labels({ a: "y" }).count], [5, 0]);
});
