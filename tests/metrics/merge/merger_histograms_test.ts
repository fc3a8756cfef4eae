import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Contribution } from "../../../src/metrics/merge/contribution.ts";
import { cellOffsets, uniteBounds } from "../../../src/metrics/merge/bounds_union.ts";
import { Merger } from "../../../src/metrics/merge/merger.ts";
import { BOUNDS_MAX } from "../../../src/metrics/names.ts";
import { Registry } from "../../../src/metrics/registry.ts";
import { contribution, exposed, fallen, sample } from "./exposed.ts";

interface Observed {
  readonly buckets: readonly number[];
  readonly values: readonly number[];
}

function observing(
  node: string,
  { buckets, values }: Observed,
  rest: Partial<Contribution> = {},
): Contribution {
  const registry = new Registry();
  const histogram = registry.histogram({ name: "size", help: "Size.", buckets });
  for (const value of values) histogram.observe(value);
  return contribution(node, registry, rest);
}

function bucket(le: number): string {
  return sample("size_bucket", { le: String(le) });
}

const observed: fc.Arbitrary<Observed> = fc.record({
  buckets: fc.uniqueArray(fc.integer({ min: -2, max: 9 }), { minLength: 1, maxLength: 6 })
    .map((bounds) => bounds.sort((a, b) => a - b)),
  values: fc.array(fc.integer({ min: -4, max: 12 }), { maxLength: 20 }),
});
const cluster = fc.array(observed, { minLength: 1, maxLength: 6 });

/** What a node knows of how many values are at most `le`: its count at its greatest bound up to it. */
function known({ buckets, values }: Observed, le: number): number {
  const bound = buckets.findLast((own) => own <= le) ?? -Infinity;
  return values.filter((value) => value <= (le === Infinity ? le : bound)).length;
}

Deno.test("Merger adds histograms of equal bounds bucket by bucket", () => {
  const merged = exposed(
    new Merger().merge([
      observing("a", { buckets: [1, 2], values: [0.5, 1.5, 9] }),
      observing("b", { buckets: [1, 2], values: [1.5] }, { life: "departed" }),
    ]),
  );
  assertEquals(
    [bucket(1), bucket(2), bucket(Infinity), sample("size_count"), sample("size_sum")]
      .map((key) => merged.get(key)),
    [1, 3, 4, 4, 12.5],
  );
});

Deno.test("Merger exposes the union of all bounds, each node counting at its own bounds", () => {
  fc.assert(fc.property(cluster, (nodes) => {
    const samples = exposed(new Merger().merge(nodes.map((it, i) => observing(`n${i}`, it))));
    const bounds = [...new Set(nodes.flatMap((node) => node.buckets)), Infinity];
    assertEquals(samples.size, bounds.length + 2);
    for (const le of bounds) {
      const sum = nodes.reduce((count, node) => count + known(node, le), 0);
      assertEquals(samples.get(bucket(le)), sum, `le=${le}`);
    }
  }));
});

Deno.test("Merger exposes buckets that rise with le, never over-count, and are exact where all have the bound", () => {
  fc.assert(fc.property(cluster, (nodes) => {
    const samples = exposed(new Merger().merge(nodes.map((it, i) => observing(`n${i}`, it))));
    const bounds = [...new Set(nodes.flatMap((node) => node.buckets))].sort((a, b) => a - b);
    let below = 0;
    for (const le of [...bounds, Infinity]) {
      const count = samples.get(bucket(le))!;
      const truth = nodes.flatMap((node) => node.values).filter((value) => value <= le).length;
      assertEquals(
        count >= below && count <= truth,
        true,
        `le=${le}: ${below}, ${count}, ${truth}`,
      );
      const shared = nodes.every((node) => le === Infinity || node.buckets.includes(le));
      if (shared) assertEquals(count, truth);
      below = count;
    }
  }));
});

Deno.test("Merger lets no bucket fall as nodes with other bounds join, depart and are folded", () => {
  const step = fc.record({
    join: observed,
    depart: fc.option(fc.nat(9), { freq: 2 }),
    isFolding: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 10 }), (steps) => {
    const merger = new Merger();
    let nodes: Contribution[] = [];
    let before: ReadonlyMap<string, number> = new Map();
    steps.forEach(({ join, depart, isFolding }, i) => {
      nodes.push(observing(`n${i}`, { ...join, values: join.values.map(Math.abs) }));
      nodes = nodes.map((it, at) => at === depart ? { ...it, life: "departed" } : it);
      if (isFolding) {
        const gone = nodes.filter((it) => it.life === "departed");
        const base = new Merger().merge(gone);
        nodes = nodes.filter((it) => it.life === "live");
        nodes.push(contribution(`base${i}`, base, { life: "departed", low: base.low }));
      }
      const after = exposed(merger.merge(nodes));
      assertEquals(fallen(before, after), []);
      assertEquals([...before.keys()].filter((key) => !after.has(key)), []);
      before = after;
    });
  }));
});

Deno.test("Merger marks a sum as state as soon as one incarnation observed a negative value", () => {
  const merger = new Merger();
  const registry = new Registry();
  const histogram = registry.histogram({ name: "size", help: "Size.", buckets: [1] });
  const contributions = [
    observing("a", { buckets: [1], values: [5] }),
    contribution("b", registry),
  ];
  assertEquals(merger.merge(contributions).layout.isSumState(0), false);
  histogram.observe(-7);
  registry.shard.stamp();
  const merged = merger.merge(contributions);
  assertEquals(merged.layout.isSumState(0), true);
  assertEquals(exposed(merged).get(sample("size_sum")), -2);
});

Deno.test("uniteBounds leaves out lists that would not fit into a page, later ones first", () => {
  const many = Array.from({ length: BOUNDS_MAX - 1 }, (_, i) => i);
  assertEquals(uniteBounds([[1, 0.5], many, [7, 0.7], [8]]), {
    bounds: [0, 0.5, ...many.slice(1)],
    leftOut: [2],
  });
});

Deno.test("uniteBounds takes 0 and -0 for one bound", () => {
  assertEquals(uniteBounds([[-0], [0]]).bounds, [0]);
});

Deno.test("cellOffsets sends a bucket to the first one that ends at or above it, even if that is +Inf", () => {
  assertEquals(cellOffsets([1, 2, 4, 8], [2, 5]), [0, 0, 1, 2, 2, 3]);
  assertEquals(cellOffsets([2, 5], [2, 5]), null);
});

Deno.test("Merger reports definitions whose bounds do not fit, and still counts their values", () => {
  const wide = (from: number) => Array.from({ length: BOUNDS_MAX }, (_, i) => from + i);
  const merged = new Merger().merge([
    observing("a", { buckets: wide(0), values: [1, 2000] }),
    observing("b", { buckets: wide(0.5), values: [1, 2000] }, { startedAtMs: 1 }),
  ]);
  assertEquals(merged.conflicts, [
    { family: "size", node: "b", incarnation: "b#1", reason: "bounds_limit", winner: "size" },
  ]);
  const samples = exposed(merged);
  assertEquals([1, 2, Infinity].map((le) => samples.get(bucket(le))), [1, 2, 4]);
});
