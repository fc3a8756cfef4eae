import { indexOf, pageOf } from "../cells.ts";
import { cellsPerSeries, type FamilyDef, isCompatible, isGrowing } from "../family.ts";
import type { Shard } from "../shard.ts";
import { readSketch } from "../sketch.ts";
import { addCells, addLowHalves, type Pairs, roundPairs } from "../two_sum.ts";
import { cellOffsets } from "./bounds_union.ts";
import type { Contribution } from "./contribution.ts";
import { type Decisions, destinationIn } from "./decisions.ts";
import { type Destination, filledPlaces } from "./destination.ts";
import { LabelTree } from "./label_tree.ts";
import { inOrder, newestOfEachNode } from "./order.ts";
import { Users } from "./users.ts";

/** What one incarnation gives to a merged series. */
export interface ExplainedPart {
  readonly contribution: Contribution;
  /** Its own values, each rounded once, in the places of the merged series' cells. */
  readonly cells: Float64Array;
  /**
   * False for a gauge that has no say: its owner did not answer lately or hid it, or a newer life of
   * the same node shows it.
   */
  readonly isCounted: boolean;
}

/**
 * One merged series and what it is made of. Its cells are those of its family, per bucket; of a native
 * histogram they are the sum and the count. A summary's window is left out: quantiles do not add up.
 */
export interface ExplainedSeries {
  readonly family: FamilyDef;
  readonly labelValues: readonly string[];
  /** The merged values, bit for bit those that a merge of the same contributions shows. */
  readonly cells: Float64Array;
  readonly isShown: boolean;
  readonly parts: readonly ExplainedPart[];
}

/** Which series are explained. */
export interface Selection {
  /** Whether a family of the merge is asked for. */
  readonly family: (family: FamilyDef) => boolean;
  /** Whether a series of such a family is. */
  readonly series: (family: FamilyDef, labelValues: readonly string[]) => boolean;
  /** More of them are not explained, but make {@linkcode Explanation.isCut} true. */
  readonly seriesMax: number;
}

/** What became of a selection. */
export interface Explanation {
  readonly series: readonly ExplainedSeries[];
  /** Whether there are more than `seriesMax`. */
  readonly isCut: boolean;
}

/**
 * Takes merged series apart: by the decisions and the arithmetic of a merge, in its order, but for the
 * selected series alone and with every contribution kept by itself.
 */
export function explain(
  contributions: readonly Contribution[],
  decisions: Decisions,
  selection: Selection,
): Explanation {
  const ordered = inOrder(contributions);
  const newest = newestOfEachNode(ordered);
  const found = new Map<string, LabelTree>();
  const explained: Series[] = [];
  let isCut = false;
  for (const contribution of ordered) {
    const { layout } = contribution.shard;
    const routes = layout.families.map((own) => routeOf(own, decisions, selection, contribution));
    if (routes.every((route) => route === null)) continue;
    const isNewest = newest.get(contribution.node) === contribution;
    for (let number = 0; number < layout.seriesCount; number++) {
      const route = routes[layout.familyOf(number)]!;
      if (route === null) continue;
      const own = layout.labelValuesOf(number);
      const { destination: { key, family: def }, labelOrder } = targetOf(route, own);
      const values = labelOrder.map((from) => own[from]!);
      if (route.node !== null) values.push(route.node);
      if (!selection.series(def, values)) continue;
      let places = found.get(key);
      if (places === undefined) found.set(key, places = new LabelTree());
      let at = places.find(values);
      if (at === undefined) {
        if (explained.length >= selection.seriesMax) {
          isCut = true;
          continue;
        }
        at = explained.push(new Series(def, values)) - 1;
        places.add(values, at);
      }
      explained[at]!.add(contribution, number, route.offsets, isNewest);
    }
  }
  return { series: explained.map((series) => series.finish()), isCut };
}

/** Where series go. */
interface Target {
  readonly destination: Destination;
  /** For each merged label, the node's apart, the place of the contributed one. */
  readonly labelOrder: readonly number[];
}

/** Where the series of one contributed family go. */
interface Route extends Target {
  readonly labelNames: readonly string[];
  /** The value of the node's label; null where the family has none. */
  readonly node: string | null;
  readonly offsets: readonly number[] | null;
}

function routeOf(
  own: FamilyDef,
  decisions: Decisions,
  selection: Selection,
  { life, node }: Contribution,
): Route | null {
  const destination = destinationIn(decisions, own);
  if (destination === undefined || !isCompatible(destination.family, own)) return null;
  if (!selection.family(destination.family) || (life !== "live" && !isGrowing(own))) return null;
  const { labelNames } = own;
  return {
    destination,
    labelNames,
    labelOrder: labelNames.toSorted().map((name) => labelNames.indexOf(name)),
    node: own.merge === "per_node" ? node : null,
    offsets: own.type === "histogram" ? cellOffsets(own.bounds, destination.family.bounds) : null,
  };
}

function targetOf(route: Route, labelValues: readonly string[]): Target {
  const { destination: { having }, labelNames } = route;
  if (having === undefined || !labelValues.includes("")) return route;
  const labelOrder = filledPlaces(labelNames, labelValues);
  return { destination: having(labelOrder.map((place) => labelNames[place]!)), labelOrder };
}

/** What one contribution gives, while more may come. */
interface OpenPart {
  readonly contribution: Contribution;
  readonly own: Pairs;
  readonly isCounted: boolean;
}

/** One merged series while contributions are added. */
class Series {
  readonly #family: FamilyDef;
  readonly #labelValues: readonly string[];
  readonly #total: Pairs;
  readonly #users = new Users();
  readonly #parts: OpenPart[] = [];
  #counted = 0;

  constructor(family: FamilyDef, labelValues: readonly string[]) {
    this.#family = family;
    this.#labelValues = labelValues;
    this.#total = pairsOf(family);
  }

  add(
    contribution: Contribution,
    series: number,
    offsets: readonly number[] | null,
    isNewest: boolean,
  ): void {
    const grows = isGrowing(this.#family);
    const { shard, life, gaugesShown } = contribution;
    const before = this.#parts.at(-1);
    const isAgain = before?.contribution === contribution;
    // Twice the same series in one layout: what grows adds up, of gauges the first has the say.
    if (isAgain && !grows) return;
    const isHidden = shard.layout.isHidden(series);
    this.#users.count(life, "users", 1);
    if (isHidden) this.#users.count(life, "hides", 1);
    const hasSay = gaugesShown && !isHidden && (this.#family.merge !== "per_node" || isNewest);
    const part = isAgain
      ? before
      : { contribution, own: pairsOf(this.#family), isCounted: grows || hasSay };
    this.#addTo(part.own, contribution, series, offsets);
    if (!isAgain) this.#parts.push(part);
    if (!part.isCounted) return;
    if (grows || isSummed(this.#family)) this.#addTo(this.#total, contribution, series, offsets);
    else this.#pick(part.own.high);
    this.#counted++;
  }

  finish(): ExplainedSeries {
    const { high } = rounded(this.#total);
    if (this.#family.merge === "avg" && this.#counted > 1) high[0]! /= this.#counted;
    return {
      family: this.#family,
      labelValues: this.#labelValues,
      cells: high,
      isShown: isGrowing(this.#family) ? this.#users.standing === "shown" : this.#counted > 0,
      parts: this.#parts.map(({ contribution, own, isCounted }) => (
        { contribution, cells: rounded(own).high, isCounted }
      )),
    };
  }

  #addTo(
    pairs: Pairs,
    { shard, low }: Contribution,
    series: number,
    offsets: readonly number[] | null,
  ): void {
    const first = shard.layout.firstCellOf(series);
    const index = indexOf(first);
    const page = shard.pages[pageOf(first)];
    const lowPage = low?.[pageOf(first)];
    const count = shard.layout.cellCountOf(series);
    for (let i = 0; i < count; i++) {
      const to = offsets?.[i] ?? i;
      if (page !== undefined) addCells(pairs, to, page, index + i, 1);
      if (lowPage !== undefined) addLowHalves(pairs, to, lowPage, index + i, 1);
    }
    if (this.#family.type !== "native_histogram") return;
    addCells(pairs, 1, Float64Array.of(binCount(shard, series)), 0, 1);
    // Counts are whole numbers: they have low halves only where they are beyond 2^53.
    if (low !== undefined) {
      const lowCount = binCount({ layout: shard.layout, pages: low }, series);
      addLowHalves(pairs, 1, Float64Array.of(lowCount), 0, 1);
    }
  }

  #pick(own: Float64Array): void {
    const { high } = this.#total;
    if (this.#counted > 0) {
      const { merge } = this.#family;
      if (merge === "min" && own[0]! >= high[0]!) return;
      if (merge === "max" && own[0]! <= high[0]!) return;
      if (merge === "latest") {
        const isLater = own[1]! > high[1]! || (own[1] === high[1] && own[0]! > high[0]!);
        if (!isLater) return;
      }
    }
    high.set(own);
  }
}

/** Zeros for the cells of a series of the family: those that it has, or a native histogram's two. */
function pairsOf(family: FamilyDef): Pairs {
  const cells = family.type === "native_histogram" ? 2 : cellsPerSeries(family);
  return { high: new Float64Array(cells), low: new Float64Array(cells) };
}

function rounded(pairs: Pairs): Pairs {
  roundPairs(pairs, pairs.high.length);
  return pairs;
}

function isSummed({ merge }: FamilyDef): boolean {
  return merge === "sum" || merge === "avg";
}

function binCount(shard: Pick<Shard, "layout" | "pages">, series: number): number {
  return readSketch(shard, series).count;
}
