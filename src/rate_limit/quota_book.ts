import { type DecidedBy, type Decision, decisionOf, soleDecision, stateOf } from "./decision.ts";
import type { KeyHash } from "./key_hash.ts";
import { KeyTable } from "./key_table.ts";
import { type Policy, quotaOf } from "./policy.ts";
import type { PolicyState, Quota } from "./quota.ts";
import type { Rows, TableSegment } from "./table_segment.ts";

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
    const hash = this.#hash;
    hash.take(key);
    const segment = this.table.segmentOf(hash.hi);
    const at = segment.find(hash.lo, hash.hi);
    const quota = this.#sole;
    if (quota === null) return this.#consumeOfAll(segment, at, cost, decidedBy);
    if (at < 0 || cost === 0) return this.#offerOf(quota, segment, at, cost, decidedBy);
    return soleDecision(quota.consume(segment.cells, at, cost), quota, decidedBy);
  }

  /** For a key that is not known, where `at` is below 0, or a cost of nothing. */
  #offerOf(
    quota: Quota,
    segment: TableSegment,
    at: number,
    cost: number,
    decidedBy: DecidedBy,
  ): Decision {
    const allowed = at < 0
      ? quota.offer(this.#blank, 0, cost)
      : quota.offer(segment.cells, at, cost);
    const isTaken = allowed && cost > 0;
    if (isTaken) {
      const row = at < 0 ? this.#claim(segment) : at;
      quota.take(segment.cells, row);
    }
    quota.measure(isTaken);
    return soleDecision(allowed, quota, decidedBy);
  }

  #consumeOfAll(segment: TableSegment, at: number, cost: number, decidedBy: DecidedBy): Decision {
    const quotas = this.#quotas;
    let allowed = true;
    const offered = at < 0 ? this.#blank : segment.cells;
    for (let i = 0, cell = at < 0 ? 0 : at; i < quotas.length; i++) {
      const quota = quotas[i]!;
      if (!quota.offer(offered, cell, cost)) allowed = false;
      cell += quota.width;
    }
    const isTaken = allowed && cost > 0;
    if (isTaken) {
      let cell = at < 0 ? this.#claim(segment) : at;
      for (let i = 0; i < quotas.length; i++) {
        const quota = quotas[i]!;
        quota.take(segment.cells, cell);
        cell += quota.width;
      }
    }
    const states: PolicyState[] = [];
    for (let i = 0; i < quotas.length; i++) {
      quotas[i]!.measure(isTaken);
      states.push(stateOf(quotas[i]!));
    }
    return decisionOf(allowed, states, decidedBy);
  }

  /** The first cell of a row for the fingerprint that was taken last. */
  #claim(segment: TableSegment): number {
    const at = segment.claim(this.#hash.lo, this.#hash.hi);
    this.#clear(segment.cells, at);
    return at;
  }

  /** Moves time on, as far as it is later. */
  advance(ms: number): void {
    if (ms > this.#nowMs) this.#nowMs = ms;
    const quota = this.#sole;
    if (quota !== null) return quota.advance(this.#nowMs);
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
