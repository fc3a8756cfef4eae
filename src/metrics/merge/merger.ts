import { indexOf, pageOf } from "../cells.ts";
import type { Layout } from "../layout.ts";
import { Accumulator, TOGETHER_MAX } from "./accumulator.ts";
import type { Contribution, MergedShard } from "./contribution.ts";
import { decide, type Decisions, destinationIn, isAddition } from "./decisions.ts";
import type { DestinationOf } from "./destination.ts";
import { MergedLayout } from "./merged_layout.ts";
import { inOrder, newestOfEachNode } from "./order.ts";
import { PICK_LATEST, PICK_MAX, PICK_MIN, Plan } from "./plan.ts";

/** Rows of a layout that are planned in one step. */
const STEP_ROWS = 2_000;
/** Shards that have more cells between them are not added at once, but each in a step of its own. */
const TOGETHER_CELLS_MAX = 131_072;

/**
 * Merges shards again and again. What depends on layouts alone (which definition wins, which cell goes
 * where) is kept from one merge to the next; the cells are added up afresh each time.
 */
export class Merger {
  readonly #plans = new Map<string | Layout, Plan>();
  readonly #cells = new Accumulator();
  #merged = new MergedLayout();
  #decisions: Decisions = { families: new Map(), conflicts: [] };
  #seen: readonly Seen[] = [];
  #shown = new Uint8Array(0);
  #contributors = new Uint32Array(0);
  #seq = 0;
  readonly #destinationOf: DestinationOf = (contributed) =>
    destinationIn(this.#decisions, contributed);

  /**
   * The merged shard, valid until the next merge. The order of the contributions does not matter.
   *
   * @throws {RangeError} if an incarnation contributes twice, which would count it twice.
   */
  merge(contributions: readonly Contribution[]): MergedShard {
    const steps = this.mergeInSteps(contributions);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  }

  /**
   * Like {@linkcode Merger.merge}, in steps of a few milliseconds, between which other work may be done
   * and shards may change: each shard is taken as it is when its turn comes, as `seqs` of the result
   * tells. No other merge may begin before the last step.
   *
   * Before each step it yields how many cells that one goes through: a large shard is added in one
   * step, for which the loop should be fresh.
   */
  *mergeInSteps(contributions: readonly Contribution[]): Generator<number, MergedShard, void> {
    this.#seq++;
    const ordered = inOrder(contributions);
    if (!isSeen(this.#seen, ordered)) this.#decide(ordered);
    let plans = yield* this.#planAll(ordered);
    if (this.#merged.isWasteful) {
      this.#startAfresh();
      plans = yield* this.#planAll(ordered);
    }
    const seqs = yield* this.#addUp(ordered, plans);
    const merged = this.#merged;
    const { layout, cellCount } = merged;
    return {
      layout,
      seq: this.#seq,
      pages: this.#cells.pages,
      low: this.#cells.lowPages,
      stamps: null,
      cellCount,
      shown: this.#shown.subarray(0, layout.seriesCount),
      createdMsOf: (series) => merged.createdMsOf(series),
      conflicts: this.#decisions.conflicts,
      seqs,
    };
  }

  #decide(ordered: readonly Contribution[]): void {
    this.#seen = ordered.map(seen);
    const before = this.#decisions;
    this.#decisions = decide(ordered);
    if (!isAddition(before, this.#decisions)) this.#startAfresh();
  }

  #startAfresh(): void {
    this.#merged = new MergedLayout();
    this.#plans.clear();
  }

  *#planAll(ordered: readonly Contribution[]): Generator<number, readonly Plan[], void> {
    const plans: Plan[] = [];
    for (const contribution of ordered) {
      const plan = this.#planOf(contribution);
      while (!plan.extend(this.#merged, this.#destinationOf, STEP_ROWS)) yield 0;
      plans.push(plan);
    }
    for (const [key, plan] of this.#plans) {
      if (plan.lastUse === this.#seq) continue;
      plan.release(this.#merged);
      this.#plans.delete(key);
    }
    return plans;
  }

  #planOf({ shard: { layout }, life, node, incarnation, createdMsOf }: Contribution): Plan {
    const key = life === "live" ? incarnation : layout;
    let plan = this.#plans.get(key);
    if (plan === undefined || plan.layout !== layout) {
      plan?.release(this.#merged);
      plan = new Plan(layout, life, node, createdMsOf);
      this.#plans.set(key, plan);
    }
    plan.lastUse = this.#seq;
    return plan;
  }

  *#addUp(
    ordered: readonly Contribution[],
    plans: readonly Plan[],
  ): Generator<number, ReadonlyMap<string, number>, void> {
    const { layout, cellCount, held, averages } = this.#merged;
    const cells = this.#cells;
    yield* cells.clear(cellCount);
    if (this.#shown.length < layout.seriesCount) {
      this.#shown = new Uint8Array(layout.seriesCount * 2);
      this.#contributors = new Uint32Array(layout.seriesCount * 2);
    }
    this.#shown.set(held.subarray(0, layout.seriesCount));
    this.#shown.fill(0, held.length);
    this.#contributors.fill(0);
    const newest = newestOfEachNode(ordered);
    const seqs = new Map<string, number>();
    for (let at = 0; at < ordered.length;) {
      const end = at + togetherFrom(at, ordered, plans);
      const together = ordered.slice(at, end);
      yield cellsOf(together);
      const parts = together.map(({ shard }, i) => ({
        runs: plans[at + i]!.growing,
        pages: shard.pages,
      }));
      if (parts.length > 1) cells.addTogether(parts);
      else cells.add(parts[0]!, together[0]!.low);
      for (; at < end; at++) {
        const contribution = ordered[at]!;
        const { incarnation, shard, node } = contribution;
        seqs.set(incarnation, shard.seq);
        this.#addGauges(contribution, plans[at]!, newest.get(node) === contribution);
      }
    }
    yield* cells.round();
    for (const series of averages) {
      const cell = layout.firstCellOf(series);
      const count = this.#contributors[series]!;
      if (count > 1) {
        cells.high[cell]! /= count;
        cells.low[cell] = 0;
      }
    }
    return seqs;
  }

  /** Adds and picks what is not growing. */
  #addGauges(
    { shard: { pages }, low, life, gaugesShown }: Contribution,
    plan: Plan,
    isNewestOfItsNode: boolean,
  ): void {
    const cells = this.#cells;
    if (life !== "live" || !gaugesShown) return;
    cells.add({ runs: plan.windows, pages }, low);
    cells.add({ runs: plan.summed, pages }, low);
    this.#pick(plan.picks, pages);
    this.#show(plan.pooledSeries);
    if (!isNewestOfItsNode) return;
    cells.add({ runs: plan.perNode, pages }, low);
    this.#show(plan.perNodeSeries);
  }

  #show(series: readonly number[]): void {
    for (let i = 0; i < series.length; i++) {
      this.#shown[series[i]!] = 1;
      this.#contributors[series[i]!]!++;
    }
  }

  #pick(picks: readonly number[], pages: readonly Float64Array[]): void {
    const { high } = this.#cells;
    for (let i = 0; i < picks.length; i += 4) {
      const from = picks[i + 1]!;
      const to = picks[i + 2]!;
      const page = pages[pageOf(from)];
      const at = indexOf(from);
      const value = page?.[at] ?? 0;
      const isFirst = this.#contributors[picks[i + 3]!] === 0;
      switch (picks[i]) {
        case PICK_MIN:
          if (isFirst || value < high[to]!) high[to] = value;
          break;
        case PICK_MAX:
          if (isFirst || value > high[to]!) high[to] = value;
          break;
        case PICK_LATEST: {
          const setAt = page?.[at + 1] ?? 0;
          // Set at the same time: the greater value, so that the order does not matter.
          const isLater = setAt > high[to + 1]! || (setAt === high[to + 1]! && value > high[to]!);
          if (!isFirst && !isLater) break;
          high[to] = value;
          high[to + 1] = setAt;
        }
      }
    }
  }
}

/** How many contributions from a place on are added at once: neighbours whose runs begin alike. */
function togetherFrom(
  at: number,
  ordered: readonly Contribution[],
  plans: readonly Plan[],
): number {
  const first = plans[at]!.growing;
  let cells = 0;
  let count = 0;
  for (; count < TOGETHER_MAX && at + count < ordered.length; count++) {
    const { shard, low } = ordered[at + count]!;
    cells += shard.cellCount;
    if (low !== undefined || cells > TOGETHER_CELLS_MAX) break;
    if (plans[at + count]!.growing.sharedWith(first) === 0) break;
  }
  return Math.max(1, count);
}

function cellsOf(contributions: readonly Contribution[]): number {
  return contributions.reduce((sum, { shard }) => sum + shard.cellCount, 0);
}

/** What the decisions depend on. */
type Seen = Pick<Contribution, "incarnation" | "node" | "startedAtMs" | "life"> & {
  readonly layout: Layout;
  readonly familyCount: number;
};

function seen({ incarnation, node, startedAtMs, life, shard: { layout } }: Contribution): Seen {
  return { incarnation, node, startedAtMs, life, layout, familyCount: layout.families.length };
}

function isSeen(before: readonly Seen[], ordered: readonly Contribution[]): boolean {
  return before.length === ordered.length && ordered.every((contribution, i) => {
    const was = before[i]!;
    const { layout } = contribution.shard;
    return was.incarnation === contribution.incarnation && was.node === contribution.node &&
      was.startedAtMs === contribution.startedAtMs && was.life === contribution.life &&
      was.layout === layout && was.familyCount === layout.families.length;
  });
}
