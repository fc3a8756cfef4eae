import type { OwnShard } from "../metrics/own_shard.ts";
import type { ForeignHistogram } from "./foreign_family.ts";

/** One foreign series in this node's shard: where its cells are, and what they are made of. */
export interface SourceSeries {
  /** The number in the layout. */
  readonly series: number;
  readonly page: Float64Array;
  readonly index: number;
  /** What earlier lives of the exporter counted, by cell; added to what the present one says. */
  readonly base: Float64Array;
  /** What the exporter said last, by cell. */
  readonly last: Float64Array;
  /** The poll in which the series was seen last. */
  seen: number;
  /**
   * The keys of other foreign series that would be this one here: they stay left out, in whichever
   * order they come. Null where there are none.
   */
  rivals: Set<string> | null;
  /** Of a sum: how many observations were in it last. */
  lastCount: number;
  /** Of a sum: whether it had negative values, so that a counter can't show it any more. */
  hasNegatives: boolean;
}

/** Foreign series that are remembered as wanting another one's place. */
const RIVALS_MAX = 100;

/**
 * Whether a foreign series of this key has to leave the place to another one, which was there before it
 * in this poll, or when they first met.
 */
export function isRival(to: SourceSeries, key: () => string, poll: number): boolean {
  if (to.rivals?.has(key()) === true) return true;
  if (to.seen !== poll) return false;
  to.rivals ??= new Set();
  if (to.rivals.size < RIVALS_MAX) to.rivals.add(key());
  return true;
}

/** Sets a gauge, and where a cell for it follows, when. */
export function setGauge(to: SourceSeries, value: number, wallMs: number): void {
  to.page[to.index] = value;
  if (to.last.length > 1) to.page[to.index + 1] = wallMs / 1000;
}

/**
 * Takes over what a counter says. One that fell was restarted: its new count continues on top of the
 * old one, so what is published here never falls.
 */
export function setCounter(to: SourceSeries, value: number): void {
  if (value < to.last[0]!) to.base[0]! += to.last[0]!;
  to.last[0] = value;
  raise(to, 0, to.base[0]! + value);
}

/**
 * Takes over a sum that is a counter here, as a summary's is, with the count of what is in it. A count
 * that fell means a restart, and so does a sum that fell if the exporter says so. A sum that fell by
 * itself means negative values: then it could fall again and again, which no counter may do, and
 * nothing is taken over from there on.
 */
export function setSum(to: SourceSeries, sum: number, count: number, isNew: boolean): void {
  if (count < to.lastCount || (isNew && sum < to.last[0]!)) {
    to.base[0]! += to.last[0]!;
    to.last[0] = 0;
  }
  to.lastCount = count;
  if (sum < 0 || sum < to.last[0]!) to.hasNegatives = true;
  if (to.hasNegatives) return;
  to.last[0] = sum;
  raise(to, 0, to.base[0]! + sum);
}

/**
 * Takes over what a histogram says, for the given bounds, which may not be its own any more. A bucket
 * that fell means a restart. A sum that fell by itself means negative values, and becomes state.
 */
export function setHistogram(
  to: SourceSeries,
  from: ForeignHistogram,
  bounds: readonly number[],
  shard: OwnShard,
): void {
  const cells = cellsOf(from, bounds);
  const { base, last } = to;
  const sumAt = bounds.length + 1;
  if (hasFallen(last, cells, sumAt)) {
    for (let i = 0; i <= sumAt; i++) base[i]! += last[i]!;
    last.fill(0);
  }
  const sum = Number.isFinite(cells[sumAt]) ? cells[sumAt]! : last[sumAt]!;
  if (sum < last[sumAt]!) shard.layout.setSumIsState(to.series);
  cells[sumAt] = sum;
  last.set(cells);
  for (let i = 0; i < sumAt; i++) raise(to, i, base[i]! + cells[i]!);
  if (shard.layout.isSumState(to.series)) to.page[to.index + sumAt] = base[sumAt]! + sum;
  else raise(to, sumAt, base[sumAt]! + sum);
}

/** Has counting begin here: what the series says now is what was counted before. */
export function beginAt(to: SourceSeries, cells: ArrayLike<number>): void {
  for (let i = 0; i < cells.length; i++) {
    to.base[i] = -cells[i]!;
    to.last[i] = cells[i]!;
  }
}

/**
 * A histogram's cells for the given bounds. A bound that it does not have gets the cumulative count at
 * its greatest own bound that is not above: never too many, and nothing falls in time or by bound.
 */
export function cellsOf(
  { bounds: own, cumulative, sum }: ForeignHistogram,
  bounds: readonly number[],
): Float64Array {
  const cells = new Float64Array(bounds.length + 2);
  let at = 0;
  let before = 0;
  bounds.forEach((bound, i) => {
    while (at < own.length && own[at]! <= bound) at++;
    const below = at === 0 ? 0 : cumulative[at - 1]!;
    cells[i] = below - before;
    before = below;
  });
  cells[bounds.length] = cumulative.at(-1)! - before;
  cells[bounds.length + 1] = sum;
  return cells;
}

/**
 * Whether a cumulative count fell. A bucket by itself may: an exporter that counts while it is read
 * shows an observation in one bucket before it does in the next.
 */
function hasFallen(last: Float64Array, cells: Float64Array, sumAt: number): boolean {
  let difference = 0;
  for (let i = 0; i < sumAt; i++) {
    difference += cells[i]! - last[i]!;
    if (difference < 0) return true;
  }
  return false;
}

function raise(to: SourceSeries, cell: number, value: number): void {
  if (value > to.page[to.index + cell]!) to.page[to.index + cell] = value;
}
