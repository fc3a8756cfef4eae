import { type Quota, SHARE_RETRY_MS, wholeMsUp } from "./quota.ts";

/** Units that may pass in a millisecond, so that ten years of them are whole numbers below 2^53. */
const UNITS_PER_MS_MAX = 28_000;
/** Fine enough together; finer ones would be whole for less long where shares grow again and again. */
const UNITS_PER_MS_ENOUGH = 256;
const UNITS_PER_COST_ENOUGH = 2 ** 20;
/** So that eight bursts still are a whole number below 2^53. */
const UNITS_PER_BURST_MAX = 2 ** 50;

/** A policy of {@linkcode Gcra}. */
export interface GcraOptions {
  readonly name: string;
  /** What flows back in a window. */
  readonly limit: number;
  readonly windowMs: number;
  /** What a key that was idle may consume at once. */
  readonly burst: number;
}

/**
 * The generic cell rate algorithm: a bucket of `burst` that fills at `limit` a window. In any span of
 * `t` milliseconds of the time that it is told, in whole units, it admits at most
 * `burst + limit × t / windowMs`.
 *
 * Of each key it keeps one number: when its bucket will be full, in units of 1/2^k of a cost, a clock
 * that runs with the rate. The time of a decision is rounded down to a unit, so what flows back may come
 * a unit early or late; all else is whole numbers, so this never adds up, however long it runs. A unit is
 * what flows back in less than 0.01 ms by the whole limit; only where a burst takes more than 139 years
 * to do so it may be more, and 2^-20 of a cost at most.
 */
export class Gcra implements Quota {
  readonly name: string;
  readonly width = 1;
  readonly #windowMs: number;
  readonly #unitsPerCost: number;
  readonly #costPerUnit: number;
  /** Of all nodes that share it. */
  readonly #wholeBurst: number;
  limit: number;
  remaining = 0;
  resetMs = 0;
  retryAfterMs = 0;
  #burst: number;
  #burstUnits: number;
  #unitsPerMs: number;
  /** Where the clock of units was set last, since when it runs at the present rate. */
  #anchorMs = 0;
  #anchorUnits = 0;
  #ms = 0;
  #units = 0;
  /** No bucket counts as full before this unit: it holds back what a growth of `burst` added. */
  #fence = -Infinity;
  /** When the bucket of a key that was never seen is full. */
  #blank = 0;
  #full = 0;
  #fullIfTaken = 0;
  #cost = 0;

  constructor(options: GcraOptions) {
    const { name, limit, windowMs, burst } = options;
    this.name = name;
    this.#windowMs = windowMs;
    this.#unitsPerCost = unitsPerCost(options);
    this.#costPerUnit = 1 / this.#unitsPerCost;
    this.limit = limit;
    this.#wholeBurst = burst;
    this.#burst = burst;
    this.#burstUnits = burst * this.#unitsPerCost;
    this.#unitsPerMs = limit / windowMs * this.#unitsPerCost;
  }

  advance(ms: number): void {
    this.#ms = ms;
    this.#units = this.#unitsAt(ms);
    this.#blank = this.#units > this.#fence ? this.#units : this.#fence;
  }

  consume(cells: Float64Array, at: number, cost: number): boolean {
    // What fits, which is most of all, needs nothing kept from one step to the next.
    const cell = cells[at]!;
    const full = (cell > this.#blank ? cell : this.#blank) + cost * this.#unitsPerCost;
    const left = this.#units + this.#burstUnits - full;
    if (left < 0) {
      this.offer(cells, at, cost);
      this.measure(false);
      return false;
    }
    cells[at] = full;
    this.remaining = this.#wholeCost(left);
    this.resetMs = this.#msUntil(full);
    this.retryAfterMs = 0;
    return true;
  }

  offer(cells: Float64Array, at: number, cost: number): boolean {
    const cell = cells[at]!;
    const full = cell > this.#blank ? cell : this.#blank;
    this.#cost = cost;
    this.#full = full;
    this.#fullIfTaken = full + cost * this.#unitsPerCost;
    return this.#fullIfTaken <= this.#units + this.#burstUnits;
  }

  take(cells: Float64Array, at: number): void {
    cells[at] = this.#fullIfTaken;
  }

  measure(wasTaken: boolean): void {
    const full = wasTaken ? this.#fullIfTaken : this.#full;
    const left = this.#units + this.#burstUnits - full;
    this.remaining = left > 0 ? this.#wholeCost(left) : 0;
    this.resetMs = full > this.#units ? this.#msUntil(full) : 0;
    this.retryAfterMs = wasTaken ? 0 : this.#retryAfterMs();
  }

  clear(cells: Float64Array, at: number): void {
    cells[at] = -Infinity;
  }

  msLeft(cells: Float64Array, at: number): number {
    return (cells[at]! - this.#blank) / (this.#unitsPerMs || 1);
  }

  /**
   * The rate changes now. Where `burst` grows, every bucket lacks what was added, and fills over the
   * window that follows: so of several nodes that share a limit, the sum of what they may admit never
   * jumps, and never exceeds what one bucket of the sum of their shares would.
   */
  resize(limit: number, burst: number): void {
    this.advance(this.#ms);
    const addedUnits = (burst - this.#burst) * this.#unitsPerCost;
    let units = this.#units;
    if (addedUnits > 0) {
      // The clock goes back, so each bucket is that much further from full; one that was full is not.
      this.#fence = this.#blank;
      units -= addedUnits;
    }
    this.#anchorMs = this.#ms;
    this.#anchorUnits = units;
    this.limit = limit;
    this.#burst = burst;
    this.#burstUnits = burst * this.#unitsPerCost;
    this.#unitsPerMs = limit / this.#windowMs * this.#unitsPerCost;
    this.advance(this.#ms);
  }

  /** Of so many units; at most the burst, so below 2^31. */
  #wholeCost(units: number): number {
    // Of a power of two the inverse is exact, and a product is there sooner than a quotient.
    return units * this.#costPerUnit | 0;
  }

  #retryAfterMs(): number {
    const missing = this.#fullIfTaken - this.#units - this.#burstUnits;
    if (missing <= 0) return 0;
    if (this.#cost <= this.#burst) return this.#msUntil(this.#fullIfTaken - this.#burstUnits);
    return this.#cost <= this.#wholeBurst ? SHARE_RETRY_MS : Infinity;
  }

  /** Until a unit that is still to come. */
  #msUntil(unit: number): number {
    const unitsPerMs = this.#unitsPerMs, ms = this.#ms, anchorMs = this.#anchorMs;
    if (unitsPerMs === 0) return this.#windowMs;
    const units = unit - this.#anchorUnits;
    const waitMs = wholeMsUp(anchorMs + units / unitsPerMs - ms);
    // Units are whole, so whether those of then, rounded down, are so many is seen without rounding.
    return (ms + waitMs - anchorMs) * unitsPerMs >= units ? waitMs : waitMs + 1;
  }

  #unitsAt(ms: number): number {
    return this.#anchorUnits + Math.floor((ms - this.#anchorMs) * this.#unitsPerMs);
  }
}

/** The grid of a policy's units: a power of two, as fine as whole numbers allow and times need. */
export function unitsPerCost({ limit, windowMs, burst }: Omit<GcraOptions, "name">): number {
  const costMs = windowMs / limit;
  return Math.min(
    Math.max(UNITS_PER_COST_ENOUGH, powerOfTwo(UNITS_PER_MS_ENOUGH * costMs)),
    powerOfTwo(UNITS_PER_MS_MAX * costMs),
    powerOfTwo(UNITS_PER_BURST_MAX / burst),
  );
}

/** The greatest that is not above. */
function powerOfTwo(most: number): number {
  return 2 ** Math.floor(Math.log2(most));
}
