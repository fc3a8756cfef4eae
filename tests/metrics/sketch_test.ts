import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { relativeErrorOf, SCHEMA_MIN } from "../../src/metrics/bin.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { quantileOf, readSketch, type Sketch } from "../../src/metrics/sketch.ts";
import { exactQuantile } from "./exact_quantile.ts";

function sketchOf(values: readonly number[], schema = 5, binsMax?: number): Sketch {
  const registry = new Registry();
  const histogram = registry.nativeHistogram({ name: "h", help: "", schema, binsMax: 10_000 });
  for (const value of values) histogram.observe(value);
  registry.shard.stamp();
  return readSketch(registry.shard, 0, binsMax);
}

const values = fc.array(
  fc.oneof(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.constantFrom(0, 1, 2, 1024, -1, 1e-300),
    fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
  ),
  { minLength: 1, maxLength: 60 },
);

Deno.test("quantileOf is within the schema's relative error of the exact quantile", () => {
  const schemas = fc.integer({ min: SCHEMA_MIN, max: 8 });
  fc.assert(
    fc.property(values, schemas, fc.double({ min: 0, max: 1, noNaN: true }), (list, s, q) => {
      const exact = exactQuantile(list, q);
      const told = quantileOf(sketchOf(list, s), q);
      // Values next to zero are told as 0.
      const error = Math.abs(exact) * (relativeErrorOf(s) + 1e-9) + 1e-30;
      assert(Math.abs(told - exact) <= error, `${told} for ${exact}`);
    }),
  );
});

Deno.test("quantileOf has no answer for an empty sketch", () => {
  assertEquals(quantileOf(sketchOf([]), 0.5), NaN);
});

Deno.test("quantileOf is finite for the largest values, whose bin has no finite upper bound", () => {
  for (const schema of [-4, 0, 3, 8]) {
    assert(Number.isFinite(quantileOf(sketchOf([Number.MAX_VALUE], schema), 1)), `${schema}`);
  }
});

Deno.test("readSketch lowers the schema until the bins are few enough, and keeps every count", () => {
  const list = Array.from({ length: 400 }, (_, i) => 1.05 ** i * (i % 2 === 0 ? 1 : -1));
  const whole = sketchOf(list);
  const few = sketchOf(list, 5, 20);
  assert(few.schema < whole.schema);
  assert(few.positive.indexes.length + few.negative.indexes.length <= 20);
  assertEquals([few.count, few.zeroCount], [400, 0]);
  const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);
  assertEquals([sum(few.positive.counts), sum(few.negative.counts)], [200, 200]);
});

Deno.test("readSketch lists bins by ascending index, zero apart", () => {
  const { schema, zeroCount, positive, negative } = sketchOf([8, 1, 0, 1, -4, -2, 1e-40], 0);
  assertEquals({ schema, zeroCount, positive, negative }, {
    schema: 0,
    zeroCount: 2,
    positive: { indexes: [0, 3], counts: [2, 1] },
    negative: { indexes: [1, 2], counts: [1, 1] },
  });
});
