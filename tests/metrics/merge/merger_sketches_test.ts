import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { atSchema, relativeErrorOf, SCHEMA_MIN } from "../../../src/metrics/bin.ts";
import type { Contribution, MergedShard } from "../../../src/metrics/merge/contribution.ts";
import { Merger } from "../../../src/metrics/merge/merger.ts";
import { Registry } from "../../../src/metrics/registry.ts";
import { quantileOf, readSketch, type Sketch } from "../../../src/metrics/sketch.ts";
import { exactQuantile } from "../exact_quantile.ts";
import { contribution, exposed, sample } from "./exposed.ts";

const value = fc.oneof(
  fc.double({ min: -1e4, max: 1e4, noNaN: true }),
  fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
  fc.constantFrom(0, 1, 2, 4),
);
const nodes = fc.array(
  fc.record({
    schema: fc.integer({ min: -2, max: 6 }),
    binsMax: fc.integer({ min: 2, max: 40 }),
    values: fc.array(value, { maxLength: 30 }),
  }),
  { minLength: 1, maxLength: 5 },
);

interface Observed {
  readonly schema: number;
  readonly binsMax: number;
  readonly values: readonly number[];
}

function native({ schema, binsMax, values }: Observed, i: number): Contribution {
  const registry = new Registry();
  const histogram = registry.nativeHistogram({ name: "h", help: "H.", schema, binsMax });
  for (const it of values) histogram.observe(it);
  return contribution(`n${i}`, registry);
}

function summary(values: readonly number[], node: string, rest: Partial<Contribution> = {}) {
  const registry = new Registry();
  const metric = registry.summary({ name: "s", help: "S." });
  for (const it of values) metric.observe(it);
  return contribution(node, registry, rest);
}

function folded(contributions: readonly Contribution[], name: string): Contribution {
  const merged = new Merger().merge(contributions);
  return contribution(name, merged, { life: "departed", low: merged.low });
}

/** How many values are at or below each bin's upper bound, at the lowest schema that all share. */
function cumulative(sketch: Sketch): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  sketch.positive.indexes.forEach((index, i) => {
    const at = atSchema(index, sketch.schema, SCHEMA_MIN);
    counts.set(at, (counts.get(at) ?? 0) + sketch.positive.counts[i]!);
  });
  return counts;
}

const sketchOf = (merged: MergedShard) => readSketch(merged, 0);

Deno.test("Merger adds native histograms bin by bin, in whatever order and grouping, exactly", () => {
  fc.assert(fc.property(nodes, fc.array(fc.boolean(), { minLength: 5 }), (list, inGroup) => {
    const all = list.map(native);
    const merged = sketchOf(new Merger().merge(all));
    assertEquals(sketchOf(new Merger().merge(all.toReversed())), merged);
    const group = all.filter((_, i) => inGroup[i]);
    const rest = all.filter((_, i) => !inGroup[i]);
    const grouped = [...rest, ...(group.length > 0 ? [folded(group, "base")] : [])];
    assertEquals(sketchOf(new Merger().merge(grouped)), merged);
    const sketches = all.map(({ shard }) => readSketch(shard, 0));
    assertEquals(merged.count, sketches.reduce((sum, { count }) => sum + count, 0));
    assertEquals(merged.schema, Math.min(...sketches.map(({ schema }) => schema)));
  }));
});

Deno.test("Merger gives the bins that one process would have that had observed everything", () => {
  fc.assert(fc.property(nodes, (list) => {
    const merged = sketchOf(new Merger().merge(list.map(native)));
    const values = list.flatMap((it) => it.values);
    const single = native({ schema: merged.schema, binsMax: 10_000, values }, 0);
    const { schema, ...bins } = readSketch(single.shard, 0);
    // A sketch without any bins has no schema to speak of.
    if (values.some((it) => Math.abs(it) > 1e-30)) assertEquals(schema, merged.schema);
    assertEquals({ schema: 0, ...bins }, { ...merged, schema: 0 });
  }));
});

Deno.test("Merger never shows a native histogram with fewer values than before, nor a higher schema", () => {
  const more = fc.array(fc.tuple(fc.nat(4), value), { maxLength: 40 });
  fc.assert(fc.property(nodes, more, (list, observations) => {
    const merger = new Merger();
    const registries = list.map(() => new Registry());
    const metrics = list.map(({ schema, binsMax }, i) =>
      registries[i]!.nativeHistogram({ name: "h", help: "H.", schema, binsMax })
    );
    let before: Sketch | null = null;
    for (const [node, it] of observations) {
      metrics[node % metrics.length]!.observe(it);
      const after = sketchOf(
        merger.merge(registries.map((registry, i) => contribution(`n${i}`, registry))),
      );
      if (before !== null) {
        assert(after.schema <= before.schema);
        assertEquals(after.count, before.count + 1);
        const now = cumulative(after);
        for (const [bin, count] of cumulative(before)) assert(now.get(bin)! >= count);
      }
      before = after;
    }
  }));
});

Deno.test("Merger tells quantiles of the union of windows within the stated error", () => {
  const windows = fc.array(fc.array(value, { maxLength: 40 }), { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(windows, fc.double({ min: 0, max: 1, noNaN: true }), (list, quantile) => {
    const merged = new Merger().merge(list.map((values, i) => summary(values, `n${i}`)));
    const all = list.flat();
    const told = quantileOf(sketchOf(merged), quantile);
    if (all.length === 0) return assertEquals(told, NaN);
    const exact = exactQuantile(all, quantile);
    const error = Math.abs(exact) * (relativeErrorOf(5) + 1e-9) + 1e-30;
    assert(Math.abs(told - exact) <= error, `${told} for ${exact}`);
  }));
});

Deno.test("Merger counts a departed summary's values for ever, and its window not at all", () => {
  const live = summary([1, 2], "a");
  const departed = summary([100, 200], "b", { life: "departed" });
  const merged = new Merger().merge([live, departed]);
  const samples = exposed(merged);
  assertEquals([samples.get(sample("s_count")), samples.get(sample("s_sum"))], [4, 303]);
  assertEquals(sketchOf(merged).count, 2);
  const silent = new Merger().merge([{ ...live, gaugesShown: false }, departed]);
  assertEquals(sketchOf(silent).count, 0, "a window that is not fresh is not shown either");
  assertEquals(exposed(silent).get(sample("s_count")), 4);
});

Deno.test("Merger keeps a native histogram's bins of who departed", () => {
  const a = native({ schema: 3, binsMax: 160, values: [1, 2, 3] }, 0);
  const b = native({ schema: 3, binsMax: 160, values: [3, 50] }, 1);
  const together = sketchOf(new Merger().merge([a, b]));
  assertEquals(sketchOf(new Merger().merge([a, { ...b, life: "departed" }])), together);
});

Deno.test("Merger shows the quantiles that most live nodes show", () => {
  const quantilesOf = (node: string, quantiles: readonly number[]) => {
    const registry = new Registry();
    registry.summary({ name: "s", help: "S.", quantiles });
    return contribution(node, registry);
  };
  const merged = new Merger().merge([
    quantilesOf("a", [0.5]),
    quantilesOf("b", [0.9, 0.99]),
    quantilesOf("c", [0.9, 0.99]),
  ]);
  assertEquals(merged.layout.families.map(({ quantiles }) => quantiles), [[0.9, 0.99]]);
  assertEquals(merged.conflicts, []);
});

Deno.test("Merger takes a summary and a histogram of one name for a conflict", () => {
  const registry = new Registry();
  registry.histogram({ name: "s", help: "S." }).observe(1);
  const merged = new Merger().merge([
    summary([1], "a"),
    contribution("b", registry),
    summary([2], "c"),
  ]);
  assertEquals(merged.conflicts.map(({ node, reason }) => [node, reason]), [["b", "type"]]);
  assertEquals(exposed(merged).get(sample("s_count")), 2);
});
