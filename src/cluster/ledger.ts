import { FoldedBase } from "./folded_base.ts";
import type { IncarnationId } from "./identity.ts";
import type { Replica } from "./replica.ts";
import type { DepartedRow, Departure } from "./wire/message.ts";

/** When departed shards are folded, and what the folded ones may take. Times are awake milliseconds. */
export interface LedgerLimits {
  /** For how long an incarnation is gone before it is folded. Default: 15 minutes. */
  readonly foldAfterMs: number;
  /** After how long a series that nobody alive has is hidden. Default: 24 hours. */
  readonly hideAfterMs: number;
  /** Cells that the base may have; beyond, series that departed long ago are forgotten. */
  readonly cellsMax: number;
}

/** The limits where nobody says others. */
export const LEDGER_LIMITS: LedgerLimits = {
  foldAfterMs: 15 * 60_000,
  hideAfterMs: 24 * 3_600_000,
  cellsMax: 2_000_000,
};

/** What shards that are kept by themselves may take; beyond, the longest gone are folded at once. */
export const DEPARTED_BYTES_MAX: number = 96 * 2 ** 20;
/** Their number, likewise. */
export const DEPARTED_MAX = 1_000;
/** Shards that are folded in one heartbeat: each takes a millisecond or so of the event loop. */
export const FOLDED_AT_ONCE_MAX = 4;
/** How often it is looked which series nobody has had for long. */
const HIDE_EVERY_MS = 60_000;

/** A shard that stays in the totals although its incarnation is gone. */
export interface DepartedShard {
  readonly replica: Replica;
  readonly departure: Departure;
  /** When this node found it gone, in awake milliseconds. */
  readonly goneAtMs: number;
}

/**
 * The last shards of incarnations that are gone, and the base into which they are folded after a while.
 * What they counted happened, so it stays in every merged counter: the merged value never falls
 * because a process ended.
 */
export class Ledger {
  readonly base: FoldedBase = new FoldedBase();
  readonly #limits: LedgerLimits;
  readonly #shards = new Map<IncarnationId, DepartedShard>();
  #hash: string | null = null;
  #settledAtMs = -Infinity;
  #forgottenSeries = 0;

  constructor(limits: LedgerLimits = LEDGER_LIMITS) {
    this.#limits = limits;
  }

  /** Every departed shard that is not folded yet. */
  get shards(): ReadonlyMap<IncarnationId, DepartedShard> {
    return this.#shards;
  }

  /** Series of the base that were forgotten, since it had more cells than it may. */
  get forgottenSeries(): number {
    return this.#forgottenSeries;
  }

  /** The departed shard of an incarnation. */
  get(incarnation: IncarnationId): DepartedShard | undefined {
    return this.#shards.get(incarnation);
  }

  /** Keeps the shard of an incarnation that is gone. */
  add(replica: Replica, departure: Departure, goneAtMs: number): void {
    replica.retire();
    this.#shards.set(replica.identity.incarnation, { replica, departure, goneAtMs });
    this.#hash = null;
  }

  /** Gives back the shard of an incarnation that turned out to be alive. */
  take(incarnation: IncarnationId): Replica | undefined {
    const shard = this.#shards.get(incarnation);
    this.#shards.delete(incarnation);
    this.#hash = null;
    return shard?.replica;
  }

  /**
   * The incarnations that have been gone for long enough, and those for which there is no room: the
   * longest gone first, and only so many at a time.
   */
  due(nowMs: number): IncarnationId[] {
    const shards = [...this.#shards.values()].sort((a, b) => b.goneAtMs - a.goneAtMs);
    let bytes = 0;
    const due: IncarnationId[] = [];
    for (const [i, { replica, goneAtMs }] of shards.entries()) {
      bytes += replica.bytes;
      const hasRoom = bytes <= DEPARTED_BYTES_MAX && i < DEPARTED_MAX;
      const isRecent = nowMs - goneAtMs < this.#limits.foldAfterMs;
      if (!hasRoom || !isRecent) due.push(replica.identity.incarnation);
    }
    return due.reverse().slice(0, FOLDED_AT_ONCE_MAX);
  }

  /** Folds departed incarnations into the base, which drops their shards. */
  fold(incarnations: readonly IncarnationId[], nowMs: number): void {
    const lives = incarnations.flatMap((incarnation) => {
      const shard = this.#shards.get(incarnation);
      if (shard === undefined) return [];
      const { replica, goneAtMs } = shard;
      return [{ incarnation, shard: replica, bornAtMs: replica.identity.startedAtMs, goneAtMs }];
    });
    if (lives.length === 0) return;
    this.base.fold(lives);
    for (const { incarnation } of lives) this.#shards.delete(incarnation);
    this.#hash = null;
    this.settleNow(nowMs);
  }

  /** Forgets series of the base. */
  forget(series: ReadonlySet<number>, nowMs: number): void {
    if (series.size === 0) return;
    this.base.keep((number) => !series.has(number));
    this.#forgottenSeries += series.size;
    this.settleNow(nowMs);
  }

  /** Hides the base's series that nobody has had for long: looks once a minute. */
  settle(nowMs: number): void {
    if (nowMs - this.#settledAtMs >= HIDE_EVERY_MS) this.settleNow(nowMs);
  }

  /** The same at once, as after every change of the base. */
  settleNow(nowMs: number): void {
    this.#settledAtMs = nowMs;
    this.base.sums.settle(nowMs, this.#limits.hideAfterMs);
  }

  /** One row for each departed shard, for peers to compare with their own. */
  rows(): DepartedRow[] {
    return Array.from(this.#shards, ([incarnation, { replica, departure }]) => ({
      incarnation,
      seq: replica.seq,
      departure,
    }));
  }

  /**
   * The same 16 hexadecimal digits wherever the same incarnations are departed at the same seqs. How
   * they departed is left out: nodes may rightly differ in it.
   */
  get hash(): string {
    this.#hash ??= hashRows(this.rows());
    return this.#hash;
  }
}
/** FNV-1a over two lanes of 32 bits, over the rows in order of their ids. Not against an attacker. */
function hashRows(rows: readonly DepartedRow[]): string {
  const sorted = rows.map((row) => `${row.incarnation}:${row.seq};`).sort();
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (const row of sorted) {
    for (let i = 0; i < row.length; i++) {
      const code = row.charCodeAt(i);
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ code, 0x85ebca6b) ^ (high >>> 13);
    }
  }
  return hex(high) + hex(low);
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
