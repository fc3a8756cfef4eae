import type { Clock } from "../io/clock.ts";

/** Readings after which the time is asked for again though the wall clock shows the same millisecond. */
const READINGS_MAX = 256;

/**
 * The time of a clock for half of what it costs: it is asked for only when the wall clock, which is
 * cheaper to read, shows another millisecond than at the last reading. So it never goes back, whatever
 * the wall clock does, and is late by less than a millisecond of the wall.
 *
 * With one exception: a wall clock that is set back, and read again in the very millisecond of the last
 * reading, hides the time between. That ends when it shows the next millisecond, and with the 256th
 * reading in any case.
 */
export class DecisionClock {
  readonly #clock: Clock;
  #wallMs = NaN;
  #nowMs = 0;
  #readingsLeft = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What the clock's `nowMs()` gave in this millisecond of the wall. */
  nowMs(): number {
    const wallMs = this.#clock.wallMs();
    if (wallMs === this.#wallMs && --this.#readingsLeft > 0) return this.#nowMs;
    this.#wallMs = wallMs;
    this.#readingsLeft = READINGS_MAX;
    // Asked for after the wall, so that a pause between the two makes it less late, not more.
    this.#nowMs = this.#clock.nowMs();
    return this.#nowMs;
  }
}
