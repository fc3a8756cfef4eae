import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Registry } from "../../src/metrics/registry.ts";
import { readSketch } from "../../src/metrics/sketch.ts";

const H = { name: "h", help: "" };

Deno.test("NativeHistogram.observe counts values and adds them up, zero and negative ones too", () => {
  const registry = new Registry();
  const histogram = registry.nativeHistogram(H);
  for (const value of [1, 1, 0, 5e-324, 0.25]) histogram.observe(value);
  assertEquals([histogram.count, histogram.sum], [5, 2.25]);
  assertEquals(registry.shard.layout.isSumState(0), false);
  histogram.observe(-3);
  assertEquals([histogram.count, histogram.sum], [6, -0.75]);
  assertEquals(registry.shard.layout.isSumState(0), true);
});

Deno.test("NativeHistogram.observe refuses what is not finite by name, and counts nothing", () => {
  const histogram = new Registry().nativeHistogram(H);
  for (const value of [NaN, Infinity, -Infinity]) {
    assertThrows(() => histogram.observe(value), RangeError, 'Cannot observe "h"');
  }
  assertThrows(() => histogram.observe("1" as unknown as number), TypeError, 'received "1"');
  assertEquals([histogram.count, histogram.sum], [0, 0]);
});

Deno.test("NativeHistogram makes a bin when it is first hit, and only then", () => {
  const registry = new Registry();
  const histogram = registry.nativeHistogram(H);
  const before = registry.shard.layout.binCount;
  histogram.observe(1);
  histogram.observe(1);
  assertEquals(registry.shard.layout.binCount, before + 1);
  histogram.observe(100);
  assertEquals(registry.shard.layout.binCount, before + 2);
});

Deno.test("NativeHistogram lowers its schema rather than have more bins than allowed, and loses no count", () => {
  const values = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { maxLength: 300 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 20 }), (list, binsMax) => {
      const registry = new Registry();
      const histogram = registry.nativeHistogram({ ...H, schema: 8, binsMax });
      let schema = Infinity;
      let count = 0;
      for (const value of list) {
        histogram.observe(value);
        registry.shard.stamp();
        const sketch = readSketch(registry.shard, 0);
        assert(sketch.schema <= schema, "a schema that rises reads as a restart");
        schema = sketch.schema;
        assertEquals(sketch.count, ++count);
        const bins = sketch.positive.indexes.length + sketch.negative.indexes.length;
        // At the lowest schema there is nothing left to lower.
        assert(bins <= binsMax || sketch.schema === -4, `${bins} bins at schema ${schema}`);
      }
    }),
    { numRuns: 40 },
  );
});

Deno.test("NativeHistogram counts in the nearest bin where the budget of cells is used up, and says so", () => {
  const overflows: string[] = [];
  const registry = new Registry({ cellsMax: 4, onOverflow: (family) => overflows.push(family) });
  const histogram = registry.nativeHistogram({ ...H, schema: 0 });
  for (const value of [1, 16, 2, 9, 0, -5]) histogram.observe(value);
  assertEquals(registry.shard.live.length, 4);
  registry.shard.stamp();
  const { count, zeroCount, positive } = readSketch(registry.shard, 0);
  assertEquals([count, zeroCount], [6, 2], "there is no negative bin: zero is the nearest");
  assertEquals(positive, { indexes: [0, 4], counts: [2, 2] });
  assertEquals(overflows, ["h", "h"]);
});

Deno.test("Registry refuses schemas and limits that no native histogram has", () => {
  const registry = new Registry();
  for (const schema of [-5, 9, 1.5, NaN]) {
    assertThrows(() => registry.nativeHistogram({ ...H, schema }), TypeError, "schema must be");
  }
  assertThrows(() => registry.nativeHistogram({ ...H, binsMax: 0 }), TypeError, "binsMax must be");
  assertThrows(
    () => registry.nativeHistogram({ ...H, labels: ["le"] }),
    TypeError,
    'must not be "le"',
  );
});
