import type { ExemplarSource } from "../exposition/render_source.ts";
import { binIndex, ZERO_THRESHOLD } from "../metrics/bin.ts";
import type { Exemplar } from "../metrics/exemplars.ts";
import type { FamilyDef } from "../metrics/family.ts";
import type { Layout } from "../metrics/layout.ts";
import type { Pacer } from "./pacer.ts";

/** Series or exemplars that are looked at between two looks at the clock. */
const SLICE_SERIES = 1_024;

/** Whose exemplars are shown: by cell, the latest at the end. */
export interface ExemplarOwner {
  readonly layout: Layout;
  readonly exemplars: Iterable<readonly [cell: number, exemplar: Exemplar]>;
}

/**
 * Puts the exemplars of nodes where their cells went in the merged shard, so that the cluster's metrics
 * have exemplars too. Where several nodes have one, the newest is shown.
 */
export class MergedExemplars {
  #merged: Layout | null = null;
  /** The names of families that have had exemplars: only their series are looked up. */
  readonly #names = new Set<string>();
  /** By name and labels, the merged series. */
  readonly #series = new Map<string, number>();
  /** By an owner's layout and series, the merged series. */
  #targets = new WeakMap<Layout, Map<number, number>>();
  #indexed = 0;

  /** The exemplars by the cells of `merged`. */
  async of(
    owners: readonly ExemplarOwner[],
    merged: Layout,
    pacer: Pacer,
  ): Promise<ExemplarSource> {
    const placed = new Map<number, Exemplar>();
    const held: Held[] = [];
    for (const owner of owners) await this.#collect(owner, held, pacer);
    if (held.length === 0) return placed;
    await this.#index(merged, pacer);
    for (const [i, { layout, series, offset, family, exemplar }] of held.entries()) {
      if (i % SLICE_SERIES === 0) await pacer.turn();
      const target = this.#targetOf(layout, series);
      if (target === undefined) continue;
      const cell = offset === null
        ? binCell(merged, target, exemplar.value)
        : bucketCell(merged, target, family, offset, exemplar.value);
      if (cell === null) continue;
      const other = placed.get(cell);
      if (other === undefined || exemplar.timestampMs >= other.timestampMs) {
        placed.set(cell, exemplar);
      }
    }
    return placed;
  }

  async #collect({ layout, exemplars }: ExemplarOwner, held: Held[], pacer: Pacer): Promise<void> {
    // As they are now: those that are replaced meanwhile would come again.
    for (const [cell, exemplar] of [...exemplars]) {
      if (held.length % SLICE_SERIES === 0) await pacer.turn();
      const owner = layout.ownerOf(cell);
      if (owner === null) continue;
      const { series, offset } = owner;
      const family = layout.families[layout.familyOf(series)]!;
      if (!hasExemplarAt(family, offset)) continue;
      if (!this.#names.has(family.name)) {
        this.#names.add(family.name);
        this.#merged = null;
      }
      held.push({ layout, series, offset, family, exemplar });
    }
  }

  /** Looks up the series of all families that have exemplars. */
  async #index(merged: Layout, pacer: Pacer): Promise<void> {
    if (merged !== this.#merged) {
      this.#merged = merged;
      this.#series.clear();
      this.#targets = new WeakMap();
      this.#indexed = 0;
    }
    for (; this.#indexed < merged.seriesCount; this.#indexed++) {
      if (this.#indexed % SLICE_SERIES === 0) await pacer.turn();
      const { name } = merged.families[merged.familyOf(this.#indexed)]!;
      if (this.#names.has(name)) this.#series.set(keyOf(merged, this.#indexed), this.#indexed);
    }
  }

  #targetOf(layout: Layout, series: number): number | undefined {
    let targets = this.#targets.get(layout);
    if (targets === undefined) this.#targets.set(layout, targets = new Map());
    let target = targets.get(series);
    if (target === undefined) {
      target = this.#series.get(keyOf(layout, series));
      if (target !== undefined) targets.set(series, target);
    }
    return target;
  }
}

/** An exemplar, and where its owner has it. */
interface Held {
  readonly layout: Layout;
  readonly series: number;
  /** The bucket of a histogram, 0 of a counter; null for a bin of a native histogram. */
  readonly offset: number | null;
  readonly family: FamilyDef;
  readonly exemplar: Exemplar;
}

/** Whether a cell is one of those that have exemplars: others' are told by other processes. */
function hasExemplarAt({ type, bounds }: FamilyDef, offset: number | null): boolean {
  if (offset === null) return type === "native_histogram";
  return type === "counter" || (type === "histogram" && offset <= bounds.length);
}

function keyOf(layout: Layout, series: number): string {
  const { name, labelNames } = layout.families[layout.familyOf(series)]!;
  const values = layout.labelValuesOf(series);
  // A merge leaves out labels without a value.
  const pairs = labelNames.map((label, i) => [label, values[i]!]).filter(([, value]) =>
    value !== ""
  );
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
