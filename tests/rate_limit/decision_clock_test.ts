import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { createLimiter } from "../../src/rate_limit/create_limiter.ts";
import { DecisionClock } from "../../src/rate_limit/decision_clock.ts";
import type { PolicyOptions } from "../../src/rate_limit/policy.ts";
import { FakeClock } from "../fake_clock.ts";
import { type Admitted, greatestExcess } from "./arrivals.ts";
import { type Step, SteppedClock, steps } from "./stepped_clock.ts";

/** Times are float64: two that are added and taken apart again may differ by so much. */
const ROUNDING = 1e-6;

/** When, and whether for all that there is: what is left is what a late clock gives twice. */
const arrivals = fc.array(fc.tuple(steps, fc.boolean()), { maxLength: 100, size: "max" });

/** What a limiter admits by its own clock, at the times when it really did. */
function admittedOf(
  options: PolicyOptions,
  all: readonly (readonly [Step, boolean])[],
): Admitted[] {
  const clock = new SteppedClock();
  const limiter = createLimiter({ name: "api", limits: [options], clock });
  return all.flatMap(([step, isForAll]) => {
    clock.go(step);
    let cost = limiter.consume("key").allowed ? 1 : 0;
    while (isForAll && limiter.consume("key").allowed) cost++;
    return cost > 0 ? [{ ms: clock.realMs, cost }] : [];
  });
}

Deno.test("a decision clock never goes back and is less than a millisecond late, however the wall clock is set", () => {
  fc.assert(fc.property(arrivals, (all) => {
    const clock = new SteppedClock();
    const decisionClock = new DecisionClock(clock);
    let lastMs = -Infinity;
    for (const [step] of all) {
      clock.go(step);
      const nowMs = decisionClock.nowMs();
      assert(nowMs >= lastMs && nowMs <= clock.realMs);
      assert(clock.realMs - nowMs < 1 + ROUNDING, `${clock.realMs - nowMs} ms late`);
      lastMs = nowMs;
    }
  }));
});

Deno.test("a decision clock reads the exact time once a millisecond of the wall", () => {
  const clock = new SteppedClock();
  const decisionClock = new DecisionClock(clock);
  for (let i = 0; i < 1_000; i++) {
    decisionClock.nowMs();
    clock.go({ stepMs: 0.125, setByMs: 0 });
  }
  assertEquals(clock.readings, { wall: 1_000, now: 126 });
});

Deno.test("a wall clock set back onto the millisecond of the last reading hides the time between for 255 readings at most", () => {
  let nowMs = 5_000.5;
  const clock = Object.assign(new FakeClock(), { nowMs: () => nowMs, wallMs: () => 7_000 });
  const decisionClock = new DecisionClock(clock);
  assertEquals(decisionClock.nowMs(), 5_000.5);
  nowMs += 60_000;
  const seen = Array.from({ length: 256 }, () => decisionClock.nowMs());
  assertEquals([seen.indexOf(65_000.5), seen.lastIndexOf(5_000.5)], [255, 254]);
});

const policy = fc.record({
  // Mostly so much in a millisecond that a part of one shows, and yet less than the burst.
  limit: fc.integer({ min: 1, max: 50 }),
  windowMs: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3_000 })),
  burst: fc.integer({ min: 1, max: 100 }),
});

Deno.test("gcra: by a limiter's own clock no arrivals get more than burst + limit × (t + 1) / windowMs in any span of real time", () => {
  fc.assert(
    fc.property(policy, arrivals, (options, all) => {
      const { limit, windowMs, burst } = options;
      const admitted = admittedOf(options, all);
      const excess = greatestExcess(admitted, (spanMs) => burst + limit * (spanMs + 1) / windowMs);
      assert(excess <= ROUNDING, `${excess}`);
    }),
    { numRuns: 500 },
  );
});

Deno.test("sliding_window: by a limiter's own clock no arrivals get more than the limit in any span of real time that is a millisecond shorter than the window", () => {
  const sliding = fc.record({
    limit: fc.integer({ min: 1, max: 20 }),
    windowMs: fc.oneof(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 2, max: 150 })),
    slots: fc.integer({ min: 1, max: 12 }),
  });
  fc.assert(
    fc.property(sliding, arrivals, (options, all) => {
      const { limit, windowMs } = options;
      const admitted = admittedOf({ ...options, algorithm: "sliding_window" }, all);
      const excess = greatestExcess(
        admitted,
        (spanMs) => spanMs < windowMs - 1 - ROUNDING ? limit : Infinity,
      );
      assert(excess <= 0, `${excess}`);
    }),
    { numRuns: 500 },
  );
});
