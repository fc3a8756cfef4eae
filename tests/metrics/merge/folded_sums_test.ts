import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Contribution } from "../../../src/metrics/merge/contribution.ts";
import { FoldedSums } from "../../../src/metrics/merge/folded_sums.ts";
import { Merger } from "../../../src/metrics/merge/merger.ts";
import { Registry } from "../../../src/metrics/registry.ts";
import { contribution, exposed, sample } from "./exposed.ts";
import { RandomNode } from "./random_node.ts";

const acts = fc.array(fc.tuple(fc.nat(9), fc.nat(40), fc.nat(3), fc.nat(40)), { maxLength: 60 });

/** Departed nodes of three versions that have done what the numbers say. */
function departed(
  done: readonly [number, number, number, number][],
  versions = 3,
): Contribution[] {
  const nodes = Array.from({ length: 6 }, (_, i) => new RandomNode(i, i % versions));
  for (const [node, what, label, n] of done) nodes[node % nodes.length]!.act(what, label, n);
  return nodes.map((node) => ({ ...node.contribution, life: "departed" }));
}

function folded(contributions: readonly Contribution[]): FoldedSums {
  const sums = new FoldedSums();
  for (const { shard, startedAtMs } of contributions) {
    sums.add([{ shard, bornAtMs: startedAtMs, goneAtMs: 0 }]);
  }
  sums.settle(0, Infinity);
  return sums;
}

function asContribution(sums: FoldedSums): Contribution {
  const { shard } = sums;
  const rest = { low: shard.low, life: "folded", gaugesShown: false } as const;
  return contribution("folded", shard, rest);
}

/** Whether anybody hid a series. Of those that are folded, the latest-born decides about it. */
function isAnyHidden(contributions: readonly Contribution[]): boolean {
  return contributions.some(({ shard: { layout } }) =>
    Array.from({ length: layout.seriesCount }, (_, series) => series)
      .some((series) => layout.isHidden(series))
  );
}

/** Every exposed sample. */
function valuesOf(contributions: readonly Contribution[]): ReadonlyMap<string, number> {
  return exposed(new Merger().merge(contributions));
}

Deno.test("FoldedSums gives a merge the values that the folded shards gave, whatever was folded", () => {
  fc.assert(fc.property(acts, fc.nat(6), (done, count) => {
    const all = departed(done);
    const before = valuesOf(all);
    const after = valuesOf([asContribution(folded(all.slice(0, count))), ...all.slice(count)]);
    if (!isAnyHidden(all)) assertEquals(after, before);
    for (const [key, value] of after) {
      if (before.has(key)) assertEquals([key, value], [key, before.get(key)]);
    }
  }));
});

Deno.test("FoldedSums is the same in whatever order shards are folded", () => {
  fc.assert(fc.property(acts, (done) => {
    const all = departed(done);
    const [one, other] = [folded(all), folded(all.toReversed())];
    assertEquals(valuesOf([asContribution(one)]), valuesOf([asContribution(other)]));
  }));
});

Deno.test("FoldedSums.takeLarger raises no cell of what holds the same, and takes all from nothing", () => {
  fc.assert(fc.property(acts, (done) => {
    const all = departed(done);
    const [one, other, empty] = [folded(all), folded(all.toReversed()), new FoldedSums()];
    const values = valuesOf([asContribution(one)]);
    const created = (series: number) => other.createdMsOf(series);
    assertEquals(one.takeLarger(other.shard, other.series, created), 0);
    empty.takeLarger(other.shard, other.series, created);
    empty.settle(0, Infinity);
    assertEquals(valuesOf([asContribution(empty)]), values);
    assertEquals(valuesOf([asContribution(one)]), values);
  }));
});

function counting(values: Readonly<Record<string, number>>): Registry {
  const registry = new Registry({ wallMs: () => 5_000 });
  const counter = registry.counter({ name: "c_total", help: "C.", labels: ["of"] });
  for (const [of, value] of Object.entries(values)) counter.inc({ of }, value);
  registry.shard.stamp();
  return registry;
}

function fold(values: Readonly<Record<string, number>>, bornAtMs = 0, goneAtMs = 0): FoldedSums {
  const sums = new FoldedSums();
  sums.add([{ shard: counting(values).shard, bornAtMs, goneAtMs }]);
  return sums;
}

Deno.test("FoldedSums.takeLarger takes of each cell the larger sum, the low half deciding between equals", () => {
  const one = fold({ a: 5, b: 1 });
  const other = fold({ a: 4, b: 2, c: 3 });
  assertEquals(one.takeLarger(other.shard, other.series, () => null), 2);
  const values = valuesOf([asContribution(one)]);
  const of = (of: string) => values.get(sample("c_total", { of }));
  assertEquals([of("a"), of("b"), of("c")], [5, 2, 3]);
  const exact = fold({ a: 1 });
  exact.add([{ shard: counting({ a: 2 ** -60 }).shard, bornAtMs: 0, goneAtMs: 0 }]);
  const rounded = fold({ a: 1 });
  assertEquals(rounded.takeLarger(exact.shard, exact.series, () => null), 1);
  assertEquals(rounded.shard.low[0]![0], 2 ** -60);
});

Deno.test("FoldedSums hides what nobody has had for long, and what its latest-born life had removed", () => {
  const registry = counting({ kept: 1, removed: 2 });
  const sums = fold({ old: 1 }, 1, 0);
  sums.add([{ shard: registry.shard, bornAtMs: 2, goneAtMs: 5_000 }]);
  sums.settle(10_000, 8_000);
  const shown = () =>
    [...valuesOf([asContribution(sums)]).keys()].map((key) => JSON.parse(key)[1][0][1]);
  assertEquals(shown(), ["kept", "removed"]);
  sums.add([{ shard: counting({ old: 1 }).shard, bornAtMs: 3, goneAtMs: 9_000 }]);
  sums.settle(10_000, 8_000);
  assertEquals(shown().sort(), ["kept", "old", "removed"]);
});

Deno.test("FoldedSums.keep leaves out series and keeps the values and facts of the others", () => {
  fc.assert(fc.property(acts, fc.nat(5), (done, modulus) => {
    // Of one version: without another one's bounds a histogram would have fewer buckets.
    const sums = folded(departed(done, 1));
    const before = valuesOf([asContribution(sums)]);
    const { series } = sums;
    const count = series.length;
    const isKept = (number: number) => number % (modulus + 1) === 0;
    const kept = series.filter((_, number) => isKept(number));
    sums.keep(isKept);
    sums.settle(0, Infinity);
    assertEquals(sums.series.length, Math.ceil(count / (modulus + 1)));
    assertEquals(sums.series, kept);
    for (const [key, value] of valuesOf([asContribution(sums)])) {
      assertEquals([key, value], [key, before.get(key)]);
    }
  }));
});

Deno.test("FoldedSums leaves what it handed out as it was", () => {
  const sums = fold({ a: 1 });
  const { shard } = sums;
  sums.add([{ shard: counting({ a: 10, b: 100 }).shard, bornAtMs: 0, goneAtMs: 0 }]);
  assertEquals([shard.pages[0]![0], sums.shard.pages[0]![0]], [1, 11]);
  assertEquals(sums.createdMsOf(0), 5_000);
});
