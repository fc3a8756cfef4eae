import { isGrowing } from "../metrics/family.ts";
import type { Layout } from "../metrics/layout.ts";
import type { FoldedSums } from "../metrics/merge/folded_sums.ts";

/** The share of its cells that a base over its budget may keep, so that it is not over it again at once. */
const KEPT_SHARE = 0.9;

/**
 * The series that a base of more than `cellsMax` cells forgets: those that nobody alive has, the
 * earliest-born first. The order depends on what is replicated alone, so that all nodes forget alike.
 */
export function seriesToForget(
  sums: FoldedSums,
  living: readonly Layout[],
  cellsMax: number,
): ReadonlySet<number> {
  const forgotten = new Set<number>();
  let left = sums.cellCount;
  if (left <= cellsMax) return forgotten;
  const { layout } = sums.shard;
  const names = new Set(layout.families.map(({ name }) => name));
  const alive = new Set(living.flatMap((one) => keysOf(one, names)));
  const candidates = Array.from({ length: layout.seriesCount }, (_, series) => ({
    series,
    key: keyOf(layout, series),
    bornAtMs: sums.series[series]!.bornAtMs,
  })).filter(({ key }) => !alive.has(key));
  candidates.sort((a, b) => a.bornAtMs - b.bornAtMs || (a.key < b.key ? -1 : 1));
  for (const { series } of candidates) {
    if (left <= cellsMax * KEPT_SHARE) break;
    forgotten.add(series);
    left -= layout.cellCountOf(series) + layout.binsOf(series).length;
  }
  return forgotten;
}

function keysOf(layout: Layout, names: ReadonlySet<string>): string[] {
  const counted = layout.families.map((family) => isGrowing(family) && names.has(family.name));
  const keys: string[] = [];
  for (let series = 0; series < layout.seriesCount; series++) {
    if (counted[layout.familyOf(series)]) keys.push(keyOf(layout, series));
  }
  return keys;
}

/** What a merge tells series apart by: name and labels, in whatever order. */
function keyOf(layout: Layout, series: number): string {
  const { name, labelNames } = layout.families[layout.familyOf(series)]!;
  const values = layout.labelValuesOf(series);
  const labels = labelNames.map((label, i) => [label, values[i]]);
  return JSON.stringify([name, ...labels.sort((a, b) => a[0]! < b[0]! ? -1 : 1)]);
}
