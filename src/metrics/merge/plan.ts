import { areBinsGrowing, cellsPerSeries, type FamilyDef, isCompatible } from "../family.ts";
import {
  type Layout,
  ROW_BIN,
  ROW_CREATED,
  ROW_FAMILY,
  ROW_HIDE,
  ROW_SERIES,
  ROW_SHOW,
  ROW_SUM_IS_STATE,
  ROW_VOID,
} from "../layout.ts";
import { cellOffsets } from "./bounds_union.ts";
import type { Life } from "./contribution.ts";
import { type Destination, type DestinationOf, filledPlaces } from "./destination.ts";
import type { MergedLayout } from "./merged_layout.ts";
import { Runs } from "./runs.ts";

/** How a pick takes one value of many: by the number that stands first in it. */
export const PICK_MIN = 0;
/** The greatest. */
export const PICK_MAX = 1;
/** The one that was set last. */
export const PICK_LATEST = 2;

/** In the place of a series that goes nowhere. */
export const UNROUTED = -1;

/** Where the series of one contributed family go. */
interface Route {
  readonly family: number;
  readonly merge: FamilyDef["merge"];
  readonly cellCount: number;
  /** For each merged label the place of the contributed one; null where they are the same. */
  readonly labelOrder: readonly number[] | null;
  /** From {@linkcode cellOffsets}. */
  readonly offsets: readonly number[] | null;
  readonly having: Destination["having"];
}

/**
 * Where every cell of one layout goes in the merged one. Worked out once, and continued as either
 * layout grows; departed shards that share a layout share its plan.
 */
export class Plan {
  readonly layout: Layout;
  readonly life: Life;
  /** The node whose gauges are planned too. */
  readonly node: string;
  /** Counters, histograms, and the counts and sums of summaries. */
  readonly growing: Runs = new Runs();
  /** The bins of summaries. */
  readonly windows: Runs = new Runs();
  /** Gauges merged `per_node`. */
  readonly perNode: Runs = new Runs();
  /** Gauges merged `sum` or `avg`. */
  readonly summed: Runs = new Runs();
  /** Gauges merged `min`, `max` or `latest`: how, from cell, to cell and series, in turn. */
  readonly picks: number[] = [];
  /** The merged series of `perNode`. */
  readonly perNodeSeries: number[] = [];
  /** The merged series of `summed` and `picks`. */
  readonly pooledSeries: number[] = [];
  /** The merge that last needed this plan. */
  lastUse = 0;
  readonly #createdMsOf: ((series: number) => number | null) | null;
  /** When the series of the rows to come were made. */
  #createdMs: number | null = null;
  readonly #routes: (Route | null)[] = [];
  /** By the layout's series: the merged series. */
  readonly #targets: number[] = [];
  readonly #gauges = new Set<number>();
  readonly #hidden = new Set<number>();
  #isGaugeHidden = false;
  #rows = 0;
  #guess = 0;

  constructor(
    layout: Layout,
    life: Life,
    node: string,
    createdMsOf: ((series: number) => number | null) | null = null,
  ) {
    this.layout = layout;
    this.life = life;
    this.node = node;
    this.#createdMsOf = createdMsOf;
  }

  /** Plans what the layout has got since the last time, at most `rowsMax` rows; false if more are left. */
  extend(merged: MergedLayout, destinationOf: DestinationOf, rowsMax: number): boolean {
    const { layout } = this;
    const end = Math.min(layout.revision, this.#rows + rowsMax);
    while (this.#rows < end) {
      const { kind, subject } = layout.row(this.#rows);
      this.#rows += kind === ROW_VOID ? subject : 1;
      if (kind === ROW_FAMILY) {
        this.#routes.push(this.#routeOf(layout.families[subject]!, merged, destinationOf));
      } else if (kind === ROW_SERIES) {
        this.#targets.push(this.#planSeries(subject, merged));
      } else if (kind === ROW_CREATED) {
        this.#createdMs = layout.createdAt(subject);
      } else if (kind === ROW_BIN) {
        this.#planBin(subject, merged);
      } else if (kind === ROW_HIDE || kind === ROW_SHOW) {
        this.#setHidden(subject, kind === ROW_HIDE, merged);
      } else if (kind === ROW_SUM_IS_STATE && this.#targets[subject] !== UNROUTED) {
        merged.layout.setSumIsState(this.#targets[subject]!);
      }
    }
    if (this.#isGaugeHidden) this.#planGaugesAgain(merged);
    return this.#rows === layout.revision;
  }

  /** By the layout's series: the series of the result, or {@linkcode UNROUTED}. */
  get targets(): readonly number[] {
    return this.#targets;
  }

  /** Takes this plan's claims off every merged series. */
  release(merged: MergedLayout): void {
    this.#targets.forEach((target, series) => {
      if (target === UNROUTED) return;
      merged.count(target, this.life, "users", -1);
      if (this.#hidden.has(series)) merged.count(target, this.life, "hides", -1);
    });
  }

  #routeOf(
    family: FamilyDef,
    merged: MergedLayout,
    destinationOf: DestinationOf,
  ): Route | null {
    const destination = destinationOf(family);
    if (destination === undefined || !isCompatible(destination.family, family)) return null;
    if (this.life !== "live" && family.merge !== "add") return null;
    const order = family.labelNames.toSorted().map((name) => family.labelNames.indexOf(name));
    return {
      family: merged.familyNumber(destination.key, destination.family),
      merge: family.merge,
      cellCount: cellsPerSeries(family),
      labelOrder: order.every((from, to) => from === to) ? null : order,
      offsets: family.type === "histogram"
        ? cellOffsets(family.bounds, destination.family.bounds)
        : null,
      having: destination.having,
    };
  }

  #planSeries(series: number, merged: MergedLayout): number {
    const route = this.#routes[this.layout.familyOf(series)]!;
    if (route === null) return UNROUTED;
    const target = this.#targetOf(series, route, merged);
    this.#guess = target + 1;
    const from = this.layout.firstCellOf(series);
    const to = merged.layout.firstCellOf(target);
    if (route.merge === "add") {
      this.#planGrowing(from, to, route);
    } else {
      // Twice the same gauge in one layout is a mistake: it must not add up with itself.
      if (this.#gauges.has(target)) return UNROUTED;
      this.#gauges.add(target);
      this.#planGauge(from, to, target, route);
    }
    merged.count(target, this.life, "users", 1);
    const createdMsOf = this.#createdMsOf;
    merged.noteCreated(target, createdMsOf === null ? this.#createdMs : createdMsOf(series));
    return target;
  }

  #planBin(number: number, merged: MergedLayout): void {
    const bin = this.layout.binAt(number);
    const target = this.#targets[bin.series]!;
    if (target === UNROUTED) return;
    const family = this.layout.families[this.layout.familyOf(bin.series)]!;
    const isGrowing = areBinsGrowing(family);
    // The window of who has departed is not shown.
    if (!isGrowing && this.life !== "live") return;
    const runs = isGrowing ? this.growing : this.windows;
    runs.add(bin.cell, merged.binCell(target, bin), 1);
  }

  #setHidden(series: number, isHidden: boolean, merged: MergedLayout): void {
    const target = this.#targets[series]!;
    if (target === UNROUTED) return;
    if (isHidden) this.#hidden.add(series);
    else this.#hidden.delete(series);
    merged.count(target, this.life, "hides", isHidden ? 1 : -1);
    if (this.#gauges.has(target)) this.#isGaugeHidden = true;
  }

  #planGaugesAgain(merged: MergedLayout): void {
    this.#isGaugeHidden = false;
    this.perNode.clear();
    this.summed.clear();
    for (const list of [this.picks, this.perNodeSeries, this.pooledSeries]) list.length = 0;
    this.#targets.forEach((target, series) => {
      if (!this.#gauges.has(target) || this.#hidden.has(series)) return;
      const from = this.layout.firstCellOf(series);
      const route = this.#routes[this.layout.familyOf(series)]!;
      this.#planGauge(from, merged.layout.firstCellOf(target), target, route);
    });
  }

  #planGrowing(from: number, to: number, { offsets, cellCount }: Route): void {
    if (offsets === null) {
      this.growing.add(from, to, cellCount);
      return;
    }
    for (let i = 0; i < cellCount; i++) this.growing.add(from + i, to + offsets[i]!, 1);
  }

  #planGauge(from: number, to: number, target: number, { merge, cellCount }: Route): void {
    if (merge === "per_node") {
      this.perNode.add(from, to, cellCount);
      this.perNodeSeries.push(target);
      return;
    }
    this.pooledSeries.push(target);
    if (merge === "sum" || merge === "avg") this.summed.add(from, to, cellCount);
    else if (merge === "min") this.picks.push(PICK_MIN, from, to, target);
    else if (merge === "max") this.picks.push(PICK_MAX, from, to, target);
    else this.picks.push(PICK_LATEST, from, to, target);
  }

  /** The merged series. Layouts tend to have the same order, and a look is cheaper than a search. */
  #targetOf(series: number, route: Route, merged: MergedLayout): number {
    const { family, labelOrder, merge, having } = route;
    const { layout } = this;
    const guess = this.#guess;
    const isPlain = labelOrder === null && merge !== "per_node";
    if (isPlain && merged.isSeries(guess, family, layout, series)) return guess;
    const own = layout.labelValuesOf(series);
    if (having !== undefined && own.includes("")) {
      const { labelNames } = layout.families[layout.familyOf(series)]!;
      const filled = filledPlaces(labelNames, own);
      const { key, family } = having(filled.map((place) => labelNames[place]!));
      return this.#seriesOf(merged.familyNumber(key, family), filled, own, merge, merged);
    }
    return this.#seriesOf(family, labelOrder, own, merge, merged);
  }

  #seriesOf(
    family: number,
    labelOrder: readonly number[] | null,
    own: readonly string[],
    merge: FamilyDef["merge"],
    merged: MergedLayout,
  ): number {
    const ordered = labelOrder === null ? own : labelOrder.map((from) => own[from]!);
    return merged.seriesNumber(family, merge === "per_node" ? [...ordered, this.node] : ordered);
  }
}
