import { indexOf, PAGE_CELLS, pageOf } from "../cells.ts";
import { type FamilyDef, isGrowing } from "../family.ts";
import type { Layout } from "../layout.ts";
import type { Shard } from "../shard.ts";
import { addCells, type Pairs, roundPairs } from "../two_sum.ts";
import type { Destination } from "./destination.ts";
import { MergedLayout } from "./merged_layout.ts";
import { Plan, UNROUTED } from "./plan.ts";

/** A shard whose cells are sums: `pages` and `low` add up to them exactly. */
export interface SummedShard extends Shard {
  readonly low: readonly Float64Array[];
}

/** What is kept of a folded series besides its cells. */
export interface FoldedSeries {
  /** When the latest-born incarnation that had it began, in milliseconds since the epoch, as it said. */
  readonly bornAtMs: number;
  /** Whether that incarnation had hidden it. */
  readonly isRemoved: boolean;
  /** When the last one that had it was found to be gone, in awake milliseconds of this node. */
  readonly goneAtMs: number;
}

/** A shard to fold. */
export interface Folding {
  readonly shard: Shard;
  readonly bornAtMs: number;
  readonly goneAtMs: number;
}

/**
 * The growing cells of many shards as one sum, exact and so the same in whatever order they came.
 * Series are told apart by their whole definition: histograms with other bounds stay apart, and a merge
 * can still give each its due.
 *
 * What was handed out as {@linkcode FoldedSums.shard} keeps its values: every change makes new cells.
 */
export class FoldedSums {
  #merged = new MergedLayout();
  #series: FoldedSeries[] = [];
  #pairs: Pairs = noPairs();
  #shard: SummedShard | null = null;
  #version = 0;

  /** The sums so far. */
  get shard(): SummedShard {
    this.#shard ??= {
      layout: this.#merged.layout,
      seq: this.#version,
      pages: pagesOf(this.#pairs.high),
      low: pagesOf(this.#pairs.low),
      stamps: null,
      cellCount: this.#merged.cellCount,
    };
    return this.#shard;
  }

  /** What is kept of each series, by its number. */
  get series(): readonly FoldedSeries[] {
    return this.#series;
  }

  /** Cells in use, holes included. */
  get cellCount(): number {
    return this.#merged.cellCount;
  }

  /** When the first incarnation that had a series made it, in milliseconds since the epoch, or null. */
  createdMsOf(series: number): number | null {
    return this.#merged.createdMsOf(series);
  }

  /** Adds shards. */
  add(foldings: readonly Folding[]): void {
    for (const { shard, bornAtMs, goneAtMs } of foldings) {
      const { layout } = shard;
      const plan = this.#plan(layout);
      this.#note(plan, (series) => ({ bornAtMs, goneAtMs, isRemoved: layout.isHidden(series) }));
      eachRun(plan, shard.pages, (to, page, _, from, count) => {
        addCells(this.#pairs, to, page, from, count);
      });
    }
    roundPairs(this.#pairs, this.#merged.cellCount);
  }

  /**
   * Takes over what another node folded: of each cell the larger sum, which is the one that knows more.
   * Gives the number of cells that were raised.
   */
  takeLarger(
    other: SummedShard,
    series: readonly FoldedSeries[],
    createdMsOf: (series: number) => number | null,
  ): number {
    const plan = this.#plan(other.layout, createdMsOf);
    this.#note(plan, (number) => series[number]!);
    const { high, low } = this.#pairs;
    let raised = 0;
    eachRun(plan, other.pages, (to, page, number, from, count) => {
      const lows = other.low[number]!;
      for (let i = 0; i < count; i++) {
        const theirs = page[from + i]!;
        const ours = high[to + i]!;
        if (theirs < ours || (theirs === ours && lows[from + i]! <= low[to + i]!)) continue;
        high[to + i] = theirs;
        low[to + i] = lows[from + i]!;
        raised++;
      }
    });
    return raised;
  }

  /** Hides what was removed, and what nobody alive has had for `hideAfterMs`; shows everything else. */
  settle(nowMs: number, hideAfterMs: number): void {
    const { layout } = this.#merged;
    this.#series.forEach(({ isRemoved, goneAtMs }, series) => {
      if (isRemoved || nowMs - goneAtMs >= hideAfterMs) layout.hide(series);
      else layout.show(series);
    });
  }

  /** Keeps only the series for which `isKept`. */
  keep(isKept: (series: number) => boolean): void {
    const { layout, pages, low } = this.shard;
    const before = { series: this.#series, merged: this.#merged };
    const kept = Array.from(before.series.keys()).filter(isKept);
    this.#merged = new MergedLayout();
    this.#series = [];
    this.#pairs = noPairs();
    const moves: number[] = [];
    for (const series of kept) {
      const { key, family } = destinationOf(layout.families[layout.familyOf(series)]!)!;
      const number = this.#merged.familyNumber(key, family);
      const target = this.#merged.seriesNumber(number, layout.labelValuesOf(series));
      this.#series[target] = before.series[series]!;
      this.#merged.noteCreated(target, before.merged.createdMsOf(series));
      if (layout.isSumState(series)) this.#merged.layout.setSumIsState(target);
      const first = layout.firstCellOf(series);
      const to = this.#merged.layout.firstCellOf(target);
      for (let i = 0; i < layout.cellCountOf(series); i++) moves.push(first + i, to + i);
      for (const number of layout.binsOf(series)) {
        const bin = layout.binAt(number);
        moves.push(bin.cell, this.#merged.binCell(target, bin));
      }
    }
    this.#renewCells();
    const pairs = this.#pairs;
    for (let i = 0; i < moves.length; i += 2) {
      const from = moves[i]!;
      pairs.high[moves[i + 1]!] = pages[pageOf(from)]![indexOf(from)]!;
      pairs.low[moves[i + 1]!] = low[pageOf(from)]![indexOf(from)]!;
    }
  }

  /** Where each growing cell of a layout goes; new series and bins are added. */
  #plan(layout: Layout, createdMsOf?: (series: number) => number | null): Plan {
    const plan = new Plan(layout, "folded", "", createdMsOf);
    plan.extend(this.#merged, destinationOf, Infinity);
    this.#renewCells();
    return plan;
  }

  #note({ targets }: Plan, aboutOf: (series: number) => FoldedSeries): void {
    targets.forEach((target, series) => {
      if (target === UNROUTED) return;
      const known = this.#series[target];
      const about = aboutOf(series);
      this.#series[target] = known === undefined ? about : joined(known, about);
    });
  }

  #renewCells(): void {
    const cells = Math.ceil(this.#merged.cellCount / PAGE_CELLS) * PAGE_CELLS;
    const { high, low } = { high: new Float64Array(cells), low: new Float64Array(cells) };
    high.set(this.#pairs.high);
    low.set(this.#pairs.low);
    this.#pairs = { high, low };
    this.#shard = null;
    this.#version++;
  }
}

/**
 * What tells folded families apart: all of the definition but what it says to people. An empty label
 * counts as one: two series of a base must not become one where the larger sum is taken over.
 */
function destinationOf(family: FamilyDef): Destination | undefined {
  if (!isGrowing(family)) return undefined;
  const { name, type, bounds } = family;
  const labelNames = family.labelNames.toSorted();
  return {
    key: JSON.stringify([name, type, labelNames, bounds]),
    family: { ...family, labelNames },
  };
}

function joined(a: FoldedSeries, b: FoldedSeries): FoldedSeries {
  const later = a.bornAtMs > b.bornAtMs ? a : b;
  return {
    bornAtMs: later.bornAtMs,
    isRemoved: a.bornAtMs === b.bornAtMs ? a.isRemoved || b.isRemoved : later.isRemoved,
    goneAtMs: Math.max(a.goneAtMs, b.goneAtMs),
  };
}

/** Calls `visit` for all neighbouring cells that a plan has growing, and whose page there is. */
function eachRun(
  { growing: { triples } }: Plan,
  pages: readonly Float64Array[],
  visit: (to: number, page: Float64Array, number: number, from: number, count: number) => void,
): void {
  for (let i = 0; i < triples.length; i += 3) {
    const from = triples[i]!;
    const page = pages[pageOf(from)];
    if (page !== undefined) {
      visit(triples[i + 1]!, page, pageOf(from), indexOf(from), triples[i + 2]!);
    }
  }
}

function noPairs(): Pairs {
  return { high: new Float64Array(0), low: new Float64Array(0) };
}

function pagesOf(cells: Float64Array): Float64Array[] {
  return Array.from(
    { length: cells.length / PAGE_CELLS },
    (_, page) => cells.subarray(page * PAGE_CELLS, (page + 1) * PAGE_CELLS),
  );
}
