import type { ExemplarSource } from "../exposition/render_source.ts";
import { binIndex, ZERO_THRESHOLD } from "../metrics/bin.ts";
import type { Exemplar } from "../metrics/exemplars.ts";
import type { FamilyDef } from "../metrics/family.ts";
import type { Layout } from "../metrics/layout.ts";
import type { Pacer } from "./pacer.ts";

/** Series that are looked at between two looks at the clock. */
const SLICE_SERIES = 1_024;

/** Whose exemplars are shown. */
export interface ExemplarOwner {
  readonly layout: Layout;
  readonly exemplars: ExemplarSource;
}

/**
 * Puts this node's exemplars where its cells went in the merged shard, so that the cluster's metrics
 * have exemplars too: those of the node that answers, as exemplars don't travel between nodes.
 */
export class MergedExemplars {
  #merged: Layout | null = null;
  /** The names of families that have had exemplars: only their series are looked up. */
  readonly #names = new Set<string>();
  /** By name and labels, the merged series. */
  readonly #series = new Map<string, number>();
  #indexed = 0;

  /** The exemplars by the cells of `merged`. */
  async of(
    { layout, exemplars }: ExemplarOwner,
    merged: Layout,
    pacer: Pacer,
  ): Promise<ExemplarSource> {
    const placed = new Map<number, Exemplar>();
    if (exemplars.size === 0) return placed;
    const held = await this.#held(layout, exemplars, pacer);
    await this.#index(merged, held, pacer);
    for (const { series, offset, exemplar } of held) {
      const family = layout.families[layout.familyOf(series)]!;
      const target = this.#series.get(keyOf(layout, series));
      if (target === undefined) continue;
      const cell = family.type === "native_histogram"
        ? binCell(merged, target, exemplar.value)
        : bucketCell(merged, target, family, offset, exemplar.value);
      if (cell !== null) placed.set(cell, exemplar);
    }
    return placed;
  }

  async #held(layout: Layout, exemplars: ExemplarSource, pacer: Pacer): Promise<Held[]> {
    const held: Held[] = [];
    const keep = (cell: number, series: number, offset: number) => {
      const exemplar = exemplars.get(cell);
      if (exemplar === undefined) return;
      const { name } = layout.families[layout.familyOf(series)]!;
      held.push({ series, offset, exemplar, name });
    };
    for (let series = 0; series < layout.seriesCount && held.length < exemplars.size; series++) {
      if (series % SLICE_SERIES === 0) await pacer.turn();
      const { type, bounds } = layout.families[layout.familyOf(series)]!;
      const first = layout.firstCellOf(series);
      const count = type === "counter" ? 1 : type === "histogram" ? bounds.length + 1 : 0;
      for (let offset = 0; offset < count; offset++) keep(first + offset, series, offset);
    }
    for (let number = 0; number < layout.binCount && held.length < exemplars.size; number++) {
      if (number % SLICE_SERIES === 0) await pacer.turn();
      const { cell, series } = layout.binAt(number);
      keep(cell, series, 0);
    }
    return held;
  }

  /** Looks up the series of all families that have exemplars. */
  async #index(merged: Layout, held: readonly Held[], pacer: Pacer): Promise<void> {
    const names = this.#names.size;
    for (const { name } of held) this.#names.add(name);
    if (merged !== this.#merged || this.#names.size > names) {
      this.#merged = merged;
      this.#series.clear();
      this.#indexed = 0;
    }
    for (; this.#indexed < merged.seriesCount; this.#indexed++) {
      if (this.#indexed % SLICE_SERIES === 0) await pacer.turn();
      const { name } = merged.families[merged.familyOf(this.#indexed)]!;
      if (this.#names.has(name)) this.#series.set(keyOf(merged, this.#indexed), this.#indexed);
    }
  }
}

/** An exemplar, and where its owner has it. */
interface Held {
  readonly series: number;
  /** The bucket of a histogram; otherwise 0. */
  readonly offset: number;
  readonly exemplar: Exemplar;
  readonly name: string;
}

function keyOf(layout: Layout, series: number): string {
  const { name, labelNames } = layout.families[layout.familyOf(series)]!;
  const values = layout.labelValuesOf(series);
  const pairs = labelNames.map((label, i) => [label, values[i]!]);
  return JSON.stringify([name, ...pairs.sort(([a], [b]) => a! < b! ? -1 : 1)]);
}

/** The merged histogram may have more bounds: the exemplar stays within its bucket's. */
function bucketCell(
  merged: Layout,
  target: number,
  { type, bounds }: FamilyDef,
  offset: number,
  value: number,
): number | null {
  const first = merged.firstCellOf(target);
  if (type === "counter") return first;
  const upper = bounds[offset] ?? Infinity;
  const isWithin = value <= upper && value > (bounds[offset - 1] ?? -Infinity);
  const least = isWithin ? value : upper;
  const mergedBounds = merged.families[merged.familyOf(target)]!.bounds;
  const bucket = mergedBounds.findIndex((bound) => bound >= least);
  return first + (bucket < 0 ? mergedBounds.length : bucket);
}

/** The merged bin that holds a value, at whichever schema it is. */
function binCell(merged: Layout, target: number, value: number): number | null {
  for (const number of merged.binsOf(target)) {
    const { schema, sign, index, cell } = merged.binAt(number);
    const distance = Math.abs(value);
    const isZero = distance <= ZERO_THRESHOLD;
    if (sign === 0 ? isZero : !isZero && Math.sign(value) === sign) {
      if (sign === 0 || binIndex(distance, schema) === index) return cell;
    }
  }
  return null;
}
