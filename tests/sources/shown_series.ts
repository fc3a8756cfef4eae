import { indexOf, pageOf } from "../../src/metrics/cells.ts";
import type { OwnShard } from "../../src/metrics/own_shard.ts";

/**
 * The series of a shard that are not hidden, those of Muster itself apart: `name{label="value"}` and
 * the published cells (a histogram's are counts by bucket, then the sum).
 */
export function shownSeries(shard: OwnShard): Record<string, number | number[]> {
  shard.stamp();
  const { layout, pages } = shard;
  const shown: Record<string, number | number[]> = {};
  for (let series = 0; series < layout.seriesCount; series++) {
    const { name, labelNames } = layout.families[layout.familyOf(series)]!;
    if (layout.isHidden(series) || name.startsWith("muster_")) continue;
    const values = layout.labelValuesOf(series);
    const labels = labelNames.map((label, i) => `${label}=${JSON.stringify(values[i])}`).sort();
    const first = layout.firstCellOf(series);
    const cells = Array.from({ length: layout.cellCountOf(series) }, (_, i) => {
      return pages[pageOf(first + i)]![indexOf(first + i)]!;
    });
    const key = labels.length === 0 ? name : `${name}{${labels.join(",")}}`;
    if (Object.hasOwn(shown, key)) throw new Error(`"${key}" is there twice`);
    shown[key] = cells.length === 1 ? cells[0]! : cells;
  }
  return shown;
}
