import fc from "fast-check";
import type { Clock } from "../../src/io/clock.ts";

/** After how long something comes, and by how much the wall clock is set meanwhile. */
export interface Step {
  readonly stepMs: number;
  readonly setByMs: number;
}

/** Steps of any fractions of milliseconds, by a wall clock that is set to and fro. */
export const steps: fc.Arbitrary<Step> = fc.record({
  // Whole microseconds: of float64 most that are below 2 are next to nothing.
  stepMs: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 1_500 }) },
    { weight: 2, arbitrary: fc.constantFrom(0, 1, 249, 250, 749, 750, 999) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 3_000_000 }) },
  ).map((microseconds) => microseconds / 1_000),
  setByMs: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -50, max: 50 }) },
    { weight: 1, arbitrary: fc.double({ min: -5_000, max: 5_000, noNaN: true }) },
  ),
});

/** Exact time, and a wall clock of whole milliseconds that may be set. */
export class SteppedClock implements Clock {
  /** How often each was read. */
  readonly readings = { now: 0, wall: 0 };
  #realMs = 1_000_000.25;
  #offsetMs = 0;
  #isSet = false;
  #readMs = NaN;

  /** Lets time go on, and sets the wall clock. */
  go({ stepMs, setByMs }: Step): void {
    this.#realMs += stepMs;
    this.#offsetMs += setByMs;
    if (setByMs !== 0) this.#isSet = true;
  }

  /** The time, without reading it. */
  get realMs(): number {
    return this.#realMs;
  }

  nowMs(): number {
    this.readings.now++;
    return this.#realMs;
  }

  /** Never the millisecond of the last reading where it was set since: that case has a test of its own. */
  wallMs(): number {
    this.readings.wall++;
    const shown = () => Math.floor(this.#realMs + this.#offsetMs);
    if (this.#isSet && shown() === this.#readMs) this.#offsetMs++;
    this.#isSet = false;
    this.#readMs = shown();
    return this.#readMs;
  }

  after(): () => void {
    throw new TypeError("BUG: nobody waits");
  }
}
