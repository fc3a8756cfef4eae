import { type DecidedBy, type Decision, decisionOf, soleDecision, stateOf } from "./decision.ts";
import type { KeyHash } from "./key_hash.ts";
import { KeyTable } from "./key_table.ts";
import { type Policy, quotaOf } from "./policy.ts";
import type { PolicyState, Quota } from "./quota.ts";
import type { Rows } from "./table_segment.ts";

/** What a book is made of. */
export interface QuotaBookOptions {
  readonly policies: readonly Policy[];
  readonly keysMax: number;
  readonly hash: KeyHash;
}

/**
 * What keys consumed on this node, and the decisions about them. Time is milliseconds since the limiter
 * began; an earlier time than one before counts as that one, so a clock that jumps to and fro gives
 * nothing back twice.
 */
export class QuotaBook implements Rows {
  readonly width: number;
  readonly table: KeyTable;
  readonly #hash: KeyHash;
  readonly #quotas: readonly Quota[];
  /** The quota, where it is the only one. */
  readonly #sole: Quota | null;
  /** The row of a key that was never seen. */
  readonly #blank: Float64Array;
  #nowMs = 0;

  constructor({ policies, keysMax, hash }: QuotaBookOptions) {
    this.#hash = hash;
    this.#quotas = policies.map(quotaOf);
    this.#sole = this.#quotas.length === 1 ? this.#quotas[0]! : null;
    this.width = this.#quotas.reduce((sum, { width }) => sum + width, 0);
    this.#blank = new Float64Array(this.width);
    this.#clear(this.#blank, 0);
    this.table = new KeyTable({ rows: this, keysMax });
    this.advance(0);
  }

  /** Consumes `cost` of every policy, or of none. */
  consume(key: string, cost: number, ms: number, decidedBy: DecidedBy = "node"): Decision {
    if (ms > this.#nowMs) this.advance(ms);
    const hash = this.#hash, table = this.table;
    hash.take(key);
    const isKnown = table.find(hash.lo, hash.hi);
    return this.#sole === null
      ? this.#consumeOfAll(isKnown, cost, decidedBy)
      : this.#consumeOf(this.#sole, isKnown, cost, decidedBy);
  }

  #consumeOf(quota: Quota, isKnown: boolean, cost: number, decidedBy: DecidedBy): Decision {
    const { table } = this;
    if (isKnown && cost > 0) {
      return soleDecision(quota.consume(table.cells, table.at, cost), quota, decidedBy);
    }
    const allowed = isKnown
      ? quota.offer(table.cells, table.at, cost)
      : quota.offer(this.#blank, 0, cost);
    const isTaken = allowed && cost > 0;
    if (isTaken) {
      if (!isKnown) this.#claim();
      quota.take(table.cells, table.at);
    }
    quota.measure(isTaken);
    return soleDecision(allowed, quota, decidedBy);
  }

  #consumeOfAll(isKnown: boolean, cost: number, decidedBy: DecidedBy): Decision {
    const quotas = this.#quotas, { table } = this;
    let allowed = true;
    const offered = isKnown ? table.cells : this.#blank;
    for (let i = 0, at = isKnown ? table.at : 0; i < quotas.length; i++) {
      const quota = quotas[i]!;
      if (!quota.offer(offered, at, cost)) allowed = false;
      at += quota.width;
    }
    const isTaken = allowed && cost > 0;
    if (isTaken) {
      if (!isKnown) this.#claim();
      for (let i = 0, at = table.at; i < quotas.length; i++) {
        const quota = quotas[i]!;
        quota.take(table.cells, at);
        at += quota.width;
      }
    }
    const states: PolicyState[] = [];
    for (let i = 0; i < quotas.length; i++) {
      quotas[i]!.measure(isTaken);
      states.push(stateOf(quotas[i]!));
    }
    return decisionOf(allowed, states, decidedBy);
  }

  #claim(): void {
    const { table } = this;
    table.claim(this.#hash.lo, this.#hash.hi);
    this.#clear(table.cells, table.at);
  }

  /** Moves time on, as far as it is later. */
  advance(ms: number): void {
    this.#nowMs = Math.max(this.#nowMs, ms);
    for (let i = 0; i < this.#quotas.length; i++) this.#quotas[i]!.advance(this.#nowMs);
  }

  /** Changes what this node may admit of a policy, by its place. */
  resize(place: number, limit: number, burst: number): void {
    this.#quotas[place]!.resize(limit, burst);
  }

  msLeft(cells: Float64Array, at: number): number {
    let left = -Infinity;
    for (const quota of this.#quotas) {
      left = Math.max(left, quota.msLeft(cells, at));
      at += quota.width;
    }
    return left;
  }

  #clear(cells: Float64Array, at: number): void {
    for (const quota of this.#quotas) {
      quota.clear(cells, at);
      at += quota.width;
    }
  }
}
