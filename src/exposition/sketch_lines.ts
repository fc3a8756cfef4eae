import { indexOf, pageOf } from "../metrics/cells.ts";
import type { FamilyDef } from "../metrics/family.ts";
import { quantileOf, readSketch, type SketchSource } from "../metrics/sketch.ts";

/** What the text formats show of one summary or native histogram series. */
export interface SketchLines {
  /** A summary's quantiles; a native histogram's bucket to +Inf, which is all that text can say. */
  readonly values: readonly number[];
  readonly sum: number;
  readonly count: number;
}

/** Reads the values of one series' lines. */
export function sketchLines(family: FamilyDef, source: SketchSource, series: number): SketchLines {
  const { layout, pages } = source;
  const first = layout.firstCellOf(series);
  const cell = (offset: number) => pages[pageOf(first)]?.[indexOf(first) + offset] ?? 0;
  const sketch = readSketch(source, series);
  if (family.type === "native_histogram") {
    return { values: [sketch.count], sum: cell(0), count: sketch.count };
  }
  const values = (family.quantiles ?? []).map((quantile) => quantileOf(sketch, quantile));
  return { values, count: cell(0), sum: cell(1) };
}
