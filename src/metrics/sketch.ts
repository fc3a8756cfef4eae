import { atSchema, growthOf, SCHEMA_MAX, SCHEMA_MIN, upperBound } from "./bin.ts";
import { indexOf, pageOf } from "./cells.ts";
import type { Layout } from "./layout.ts";

/**
 * Bins that an exposed native histogram has at most: beyond, its schema is lowered until they fit, as
 * Prometheus's clients do.
 */
export const NATIVE_BINS_MAX = 160;

/** Bins of one sign, by ascending index. Bins that are not listed are empty. */
export interface BinCounts {
  readonly indexes: readonly number[];
  readonly counts: readonly number[];
}

/** What the bins of one native histogram or summary series hold, all at one schema. */
export interface Sketch {
  readonly schema: number;
  /** Values whose distance from 0 is at most `ZERO_THRESHOLD`. */
  readonly zeroCount: number;
  readonly positive: BinCounts;
  readonly negative: BinCounts;
  /** All values together. */
  readonly count: number;
}

/** What bins and cells are read from: a shard, or what a merge made. */
export interface SketchSource {
  readonly layout: Layout;
  readonly pages: readonly Float64Array[];
}

/**
 * Reads a series' bins at the lowest schema that any of them has, or lower still where they are more
 * than `binsMax`. Neither ever rises again, so the schema of a series never does.
 */
export function readSketch(
  { layout, pages }: SketchSource,
  series: number,
  binsMax: number = Infinity,
): Sketch {
  const bins = layout.binsOf(series).map((bin) => layout.binAt(bin));
  let schema = SCHEMA_MAX;
  for (const bin of bins) if (bin.sign !== 0 && bin.schema < schema) schema = bin.schema;
  while (true) {
    const positive = new Map<number, number>();
    const negative = new Map<number, number>();
    let count = 0;
    let zeroCount = 0;
    for (const bin of bins) {
      const value = pages[pageOf(bin.cell)]?.[indexOf(bin.cell)] ?? 0;
      count += value;
      if (bin.sign === 0) zeroCount += value;
      else {
        const index = atSchema(bin.index, bin.schema, schema);
        const counts = bin.sign > 0 ? positive : negative;
        counts.set(index, (counts.get(index) ?? 0) + value);
      }
    }
    if (positive.size + negative.size <= binsMax || schema === SCHEMA_MIN) {
      return {
        schema,
        zeroCount,
        positive: ascending(positive),
        negative: ascending(negative),
        count,
      };
    }
    schema--;
  }
}

function ascending(counts: ReadonlyMap<number, number>): BinCounts {
  const indexes = [...counts.keys()].sort((a, b) => a - b);
  return { indexes, counts: indexes.map((index) => counts.get(index)!) };
}

/**
 * The value below or at which the share `quantile` of the values lies (the one of rank
 * `⌈quantile · count⌉`), with the relative error of the sketch's schema; NaN for an empty sketch.
 */
export function quantileOf(sketch: Sketch, quantile: number): number {
  if (sketch.count === 0) return NaN;
  let left = Math.max(1, Math.ceil(quantile * sketch.count));
  const { negative, positive, schema } = sketch;
  for (let i = negative.indexes.length - 1; i >= 0; i--) {
    left -= negative.counts[i]!;
    if (left <= 0) return -binValue(negative.indexes[i]!, schema);
  }
  left -= sketch.zeroCount;
  if (left <= 0) return 0;
  for (let i = 0; i < positive.indexes.length; i++) {
    left -= positive.counts[i]!;
    if (left <= 0) return binValue(positive.indexes[i]!, schema);
  }
  throw new RangeError(`BUG: a sketch of ${sketch.count} values has no rank for ${quantile}`);
}

/** The value that is equally far, in proportion, from both bounds. From the lower, which is finite. */
function binValue(index: number, schema: number): number {
  const growth = growthOf(schema);
  return upperBound(index - 1, schema) * (2 * growth / (growth + 1));
}
