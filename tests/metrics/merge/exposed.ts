import { indexOf, pageOf } from "../../../src/metrics/cells.ts";
import { hasBins } from "../../../src/metrics/family.ts";
import { readSketch } from "../../../src/metrics/sketch.ts";
import type { Contribution, MergedShard } from "../../../src/metrics/merge/contribution.ts";
import type { Registry } from "../../../src/metrics/registry.ts";
import type { Shard } from "../../../src/metrics/shard.ts";

/** What a registry has published, as one node's contribution. */
export function contribution(
  node: string,
  shard: Shard | Registry,
  rest: Partial<Contribution> = {},
): Contribution {
  if ("counter" in shard) {
    shard.shard.stamp();
    shard = shard.shard;
  }
  return {
    node,
    incarnation: `${node}#1`,
    startedAtMs: 0,
    shard,
    life: "live",
    gaugesShown: true,
    ...rest,
  };
}

/** The key of a sample, whatever the order of its labels. */
export function sample(name: string, labels: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify([name, Object.entries(labels).sort(([a], [b]) => a < b ? -1 : 1)]);
}

/**
 * Every sample that a merged shard exposes, buckets cumulative.
 *
 * @throws {Error} if it would expose one twice.
 */
export function exposed(merged: MergedShard): ReadonlyMap<string, number> {
  const { layout, pages, shown } = merged;
  const samples = new Map<string, number>();
  const expose = (name: string, labels: Readonly<Record<string, string>>, value: number) => {
    const key = sample(name, labels);
    if (samples.has(key)) throw new Error(`${key} is exposed twice`);
    samples.set(key, value);
  };
  for (let series = 0; series < layout.seriesCount; series++) {
    if (shown[series] === 0) continue;
    const family = layout.families[layout.familyOf(series)]!;
    const values = layout.labelValuesOf(series);
    const labels = Object.fromEntries(family.labelNames.map((name, i) => [name, values[i]!]));
    const first = layout.firstCellOf(series);
    const cell = (offset: number) => pages[pageOf(first)]![indexOf(first) + offset]!;
    if (hasBins(family)) {
      const isSummary = family.type === "summary";
      const sketch = readSketch(merged, series);
      expose(`${family.name}_count`, labels, isSummary ? cell(0) : sketch.count);
      expose(`${family.name}_sum`, labels, cell(isSummary ? 1 : 0));
      for (const [sign, bins] of [["+", sketch.positive], ["-", sketch.negative]] as const) {
        bins.indexes.forEach((index, i) => {
          // What has left a window may leave an empty bin behind, or none.
          if (isSummary && bins.counts[i] === 0) return;
          const bin = `${sign}${index}@${sketch.schema}`;
          expose(`${family.name}_bin`, { ...labels, bin }, bins.counts[i]!);
        });
      }
      expose(`${family.name}_zero`, labels, sketch.zeroCount);
      continue;
    }
    if (family.type !== "histogram") {
      expose(family.name, labels, cell(0));
      continue;
    }
    let count = 0;
    [...family.bounds, Infinity].forEach((bound, i) => {
      count += cell(i);
      expose(`${family.name}_bucket`, { ...labels, le: String(bound) }, count);
    });
    expose(`${family.name}_count`, labels, count);
    expose(`${family.name}_sum`, labels, cell(family.bounds.length + 1));
  }
  return samples;
}

/** The samples that are lower in `after`; one that is missing there is not lower. */
export function fallen(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): string[] {
  return [...before].filter(([key, value]) => (after.get(key) ?? value) < value).map(([key]) =>
    key
  );
}
