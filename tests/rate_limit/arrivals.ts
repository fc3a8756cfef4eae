import fc from "fast-check";

/** A request: after how long, how much. Steps of time may go back, as a clock that is set does. */
export interface Arrival {
  readonly stepMs: number;
  readonly cost: number;
}

const stepMs = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.double({ min: 0, max: 40, noNaN: true }) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 5_000, noNaN: true }) },
);
const cost = fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, {
  weight: 1,
  arbitrary: fc.integer({ min: 0, max: 12 }),
});

/** Arrivals at times that only go on. */
export const arrivals: fc.Arbitrary<Arrival[]> = fc.array(fc.record({ stepMs, cost }), {
  maxLength: 200,
  size: "max",
});

/** Arrivals by a clock that jumps to and fro. */
export const jumpyArrivals: fc.Arbitrary<Arrival[]> = fc.array(
  fc.record({
    stepMs: fc.oneof(stepMs, fc.double({ min: -5_000, max: 5_000, noNaN: true })),
    cost,
  }),
  { maxLength: 200, size: "max" },
);

/** What was admitted, and when. */
export interface Admitted {
  readonly ms: number;
  /** Where the time is only known to be between this and `ms`. */
  readonly notBeforeMs?: number;
  readonly cost: number;
}

/** The greatest excess of `consumed - allowed(span)` over all spans, as long as they may be, between two admissions. */
export function greatestExcess(
  admitted: readonly Admitted[],
  allowed: (spanMs: number) => number,
): number {
  let greatest = -Infinity;
  for (let first = 0; first < admitted.length; first++) {
    let consumed = 0;
    for (let last = first; last < admitted.length; last++) {
      const { ms, notBeforeMs = ms } = admitted[first]!;
      consumed += admitted[last]!.cost;
      greatest = Math.max(greatest, consumed - allowed(admitted[last]!.ms - notBeforeMs));
    }
  }
  return greatest;
}
