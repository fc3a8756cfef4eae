import { type Quota, SHARE_RETRY_MS, wholeMsUp } from "./quota.ts";

/** A policy of {@linkcode SlidingWindow}. */
export interface SlidingWindowOptions {
  readonly name: string;
  readonly limit: number;
  readonly windowMs: number;
  /** Parts of the window that are counted by themselves. */
  readonly slots: number;
}

/**
 * A sliding window of counters: the window is cut into `slots`, and a key has a counter for each of
 * them and one for the slot that is leaving, which counts whole. So in **any** span of `windowMs` it
 * admits at most `limit`, and the error is on the other side only: what was consumed comes back up to
 * `windowMs / slots` late.
 *
 * Cells of a key: the number of the newest slot in which it consumed, then the counters as a ring.
 */
export class SlidingWindow implements Quota {
  readonly name: string;
  readonly width: number;
  readonly #slotMs: number;
  readonly #ring: number;
  /** Of all nodes that share it. */
  readonly #whole: number;
  limit: number;
  remaining = 0;
  resetMs = 0;
  retryAfterMs = 0;
  #ms = 0;
  #slot = 0;
  #cost = 0;
  #consumed = 0;
  #cells: Float64Array = new Float64Array(0);
  #at = 0;

  constructor({ name, limit, windowMs, slots }: SlidingWindowOptions) {
    this.name = name;
    this.#whole = limit;
    this.limit = limit;
    this.#slotMs = windowMs / slots;
    this.#ring = slots + 1;
    this.width = slots + 2;
  }

  advance(ms: number): void {
    this.#ms = ms;
    this.#slot = Math.floor(ms / this.#slotMs);
  }

  consume(cells: Float64Array, at: number, cost: number): boolean {
    const allowed = this.offer(cells, at, cost);
    if (allowed) this.take(cells, at);
    this.measure(allowed);
    return allowed;
  }

  offer(cells: Float64Array, at: number, cost: number): boolean {
    this.#cells = cells;
    this.#at = at;
    this.#cost = cost;
    const newest = cells[at]!;
    let consumed = 0;
    for (let slot = this.#oldest(); slot <= newest; slot++) {
      consumed += cells[at + 1 + slot % this.#ring]!;
    }
    this.#consumed = consumed;
    return consumed + cost <= this.limit;
  }

  take(cells: Float64Array, at: number): void {
    const now = this.#slot, ring = this.#ring;
    const unused = Math.max(cells[at]! + 1, now - ring + 1, 0);
    for (let slot = unused; slot <= now; slot++) cells[at + 1 + slot % ring] = 0;
    cells[at] = now;
    cells[at + 1 + now % ring]! += this.#cost;
  }

  measure(wasTaken: boolean): void {
    const consumed = this.#consumed + (wasTaken ? this.#cost : 0);
    const newest = wasTaken ? this.#slot : this.#cells[this.#at]!;
    const left = this.limit - consumed;
    this.remaining = left > 0 ? left : 0;
    this.resetMs = consumed === 0 ? 0 : this.#msUntilGone(newest);
    this.retryAfterMs = wasTaken ? 0 : this.#retryAfterMs();
  }

  clear(cells: Float64Array, at: number): void {
    cells[at] = -Infinity;
  }

  msLeft(cells: Float64Array, at: number): number {
    return (cells[at]! + this.#ring) * this.#slotMs - this.#ms;
  }

  /** Counts stay. Whoever shares a limit grows a window after the others shrank. */
  resize(limit: number): void {
    this.limit = limit;
  }

  #oldest(): number {
    return this.#slot - this.#ring + 1 > 0 ? this.#slot - this.#ring + 1 : 0;
  }

  #msUntilGone(slot: number): number {
    const ms = wholeMsUp((slot + this.#ring) * this.#slotMs - this.#ms);
    return Math.floor((this.#ms + ms) / this.#slotMs) >= slot + this.#ring ? ms : ms + 1;
  }

  #retryAfterMs(): number {
    let over = this.#consumed + this.#cost - this.limit;
    if (over <= 0) return 0;
    if (this.#cost > this.#whole) return Infinity;
    if (this.#cost > this.limit) return SHARE_RETRY_MS;
    for (let slot = this.#oldest(); slot <= this.#slot; slot++) {
      over -= this.#cells[this.#at + 1 + slot % this.#ring]!;
      if (over <= 0) return this.#msUntilGone(slot);
    }
    throw new TypeError("BUG: a window refused less than its limit");
  }
}
