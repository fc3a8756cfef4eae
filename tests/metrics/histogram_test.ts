import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Registry } from "../../src/metrics/registry.ts";
import { DEFAULT_BUCKETS } from "../../src/metrics/histogram.ts";

/** The cells of the registry's only histogram: its buckets, the one above them, and the sum. */
function cellsOf(registry: Registry, bucketCount: number): number[] {
  return [...registry.shard.live.pages[0]!.subarray(0, bucketCount + 2)];
}

Deno.test("Histogram.observe counts a value in the first bucket whose bound is not below it", () => {
  const registry = new Registry();
  const histogram = registry.histogram({ name: "h", help: "", buckets: [-1, 0, 1, 2.5] });
  const cases: [number, number][] = [
    [-2, 0],
    [-1, 0],
    [-0.5, 1],
    [-0, 1],
    [0, 1],
    [5e-324, 2],
    [1, 2],
    [1 + Number.EPSILON, 3],
    [2.5, 3],
    [2.6, 4],
    [Number.MAX_VALUE, 4],
  ];
  const expected = [0, 0, 0, 0, 0];
  for (const [value, bucket] of cases) {
    histogram.observe(value);
    expected[bucket]!++;
    assertEquals(cellsOf(registry, 4).slice(0, 5), expected, `after ${value}`);
  }
  assertEquals(histogram.count, cases.length);
});

Deno.test("Histogram.observe finds the bucket by halving as it does by looking at each", () => {
  const bounds = fc.uniqueArray(fc.integer({ min: -500, max: 500 }), {
    minLength: 1,
    maxLength: 200,
  })
    .map((list) => list.sort((a, b) => a - b));
  const values = fc.array(
    fc.oneof(fc.integer({ min: -510, max: 510 }), fc.double({ min: -510, max: 510, noNaN: true })),
  );
  fc.assert(fc.property(bounds, values, (buckets, observed) => {
    const registry = new Registry();
    const histogram = registry.histogram({ name: "h", help: "", buckets });
    const expected = Array<number>(buckets.length + 1).fill(0);
    for (const value of observed) {
      histogram.observe(value);
      const bucket = buckets.findIndex((bound) => value <= bound);
      expected[bucket < 0 ? buckets.length : bucket]!++;
    }
    assertEquals(cellsOf(registry, buckets.length).slice(0, -1), expected);
    assertEquals(histogram.count, observed.length);
    assertEquals(histogram.sum, observed.reduce((sum, value) => sum + value, 0));
  }));
});

Deno.test("Histogram.observe refuses what is not finite by name, and counts nothing", () => {
  const registry = new Registry();
  const histogram = registry.histogram({ name: "h_seconds", help: "" });
  const rule = 'Cannot observe "h_seconds": the value must be a finite number: received ';
  for (const value of [NaN, Infinity, -Infinity]) {
    assertThrows(() => histogram.observe(value), RangeError, rule + value);
  }
  for (const [value, received] of [["1", '"1"'], [undefined, "nothing"], [null, "null"]]) {
    assertThrows(() => histogram.observe(value as unknown as number), TypeError, rule + received);
  }
  assertEquals([histogram.count, histogram.sum], [0, 0]);
  assertEquals(registry.shard.layout.isSumState(0), false);
});

Deno.test("Histogram has Prometheus's default buckets, for seconds", () => {
  const registry = new Registry();
  registry.histogram({ name: "h", help: "" });
  assertEquals(registry.shard.layout.families[0]!.bounds, [...DEFAULT_BUCKETS]);
  assertEquals(DEFAULT_BUCKETS, [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]);
});

Deno.test("Histogram's sum becomes state at the first negative value, of that series alone", () => {
  const registry = new Registry();
  const family = registry.histogram({ name: "h", help: "", labels: ["a"], buckets: [1] });
  const { layout } = registry.shard;
  for (const a of ["0", "1", "2"]) family.observe({ a }, 5);
  family.observe({ a: "1" }, -0);
  const revision = layout.revision;
  family.observe({ a: "1" }, -1e-9);
  family.observe({ a: "1" }, -1);
  assertEquals([0, 1, 2].map((series) => layout.isSumState(series)), [false, true, false]);
  assertEquals(layout.revision, revision + 1);
});

Deno.test("Histogram of a plain metric marks its own sum, whatever was registered before it", () => {
  const registry = new Registry();
  registry.counter({ name: "c_total", help: "" });
  const histogram = registry.histogram({ name: "h", help: "" });
  registry.counter({ name: "d_total", help: "" });
  histogram.observe(-1);
  assertEquals([0, 1, 2].map((series) => registry.shard.layout.isSumState(series)), [
    false,
    true,
    false,
  ]);
});
