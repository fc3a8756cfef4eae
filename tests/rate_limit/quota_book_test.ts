import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { KeyHash } from "../../src/rate_limit/key_hash.ts";
import { checkedPolicies, type PolicyOptions } from "../../src/rate_limit/policy.ts";
import { QuotaBook } from "../../src/rate_limit/quota_book.ts";
import {
  type Admitted,
  type Arrival,
  arrivals,
  greatestExcess,
  jumpyArrivals,
} from "./arrivals.ts";

const HASH = new KeyHash(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
/** Times are float64: two that are added and taken apart again may differ by so much. */
const ROUNDING = 1e-6;

function book(...options: PolicyOptions[]): QuotaBook {
  return new QuotaBook({ policies: checkedPolicies("test", options), keysMax: 1_000, hash: HASH });
}

/** Those of the arrivals that a book admits, at the times that its clock had reached. */
function admittedOf(quotas: QuotaBook, all: readonly Arrival[]): Admitted[] {
  let ms = 0, latestMs = 0;
  return all.flatMap(({ stepMs, cost }) => {
    ms += stepMs;
    latestMs = Math.max(latestMs, ms);
    return quotas.consume("key", cost, ms).allowed ? [{ ms: latestMs, cost }] : [];
  });
}

const policy = fc.record({
  limit: fc.integer({ min: 1, max: 20 }),
  windowMs: fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.constant(1_000)),
  burst: fc.integer({ min: 1, max: 20 }),
});

Deno.test("gcra: no arrivals get more than burst + limit × t / windowMs in any span, whatever the clock does", () => {
  fc.assert(fc.property(policy, fc.oneof(arrivals, jumpyArrivals), (options, all) => {
    const { limit, windowMs, burst } = options;
    const admitted = admittedOf(book(options), all);
    const excess = greatestExcess(admitted, (spanMs) => burst + limit * spanMs / windowMs);
    assert(excess <= ROUNDING, `${excess}`);
  }));
});

Deno.test("gcra: what is refused would have been too much, to 1/8 of a cost", () => {
  fc.assert(fc.property(policy, arrivals, (options, all) => {
    const { limit, windowMs, burst } = options;
    const quotas = book(options);
    // The exact bucket: how much is in it, as of when.
    let level = burst, atMs = 0, ms = 0;
    for (const { stepMs, cost } of all) {
      ms += stepMs;
      level = Math.min(burst, level + (ms - atMs) * limit / windowMs);
      atMs = ms;
      const { allowed } = quotas.consume("key", cost, ms);
      if (allowed) level -= cost;
      else assert(level < cost + 0.125, `refused ${cost} of ${level}`);
      assert(level > -0.125, `${level}`);
    }
  }));
});

/** From ten thousand in a millisecond to one in a year. */
const anyRate = fc.record({
  limit: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 1e9 })),
  windowMs: fc.oneof(
    fc.integer({ min: 1, max: 366 * 86_400_000 }),
    fc.constantFrom(1, 1_000, 60_000, 3_600_000, 86_400_000, 366 * 86_400_000),
  ),
  burst: fc.integer({ min: 1, max: 100 }),
}).filter(({ limit, windowMs }) => limit / windowMs <= 10_000);

Deno.test("gcra: what was consumed comes back neither 0.01 ms early nor late, at any rate", () => {
  const firstMs = fc.oneof(
    fc.integer({ min: 0, max: 86_400_000 }),
    fc.double({ min: 0, max: 1_000, noNaN: true }),
  );
  fc.assert(
    fc.property(anyRate, firstMs, (options, ms) => {
      const quotas = book(options);
      const { limit, windowMs, burst } = options;
      const backMs = ms + windowMs / limit;
      assertEquals(quotas.consume("key", burst, ms).remaining, 0);
      const earlyMs = Math.max(ms, backMs - 0.01);
      assert(!quotas.consume("key", 1, earlyMs).allowed, "early");
      assert(quotas.consume("key", 1, backMs + 0.01).allowed, "late");
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("gcra: one a day is not two in a day that is 82 ms shorter", () => {
  const quotas = book({ limit: 1, windowMs: 86_400_000 });
  const allowed = (ms: number) => quotas.consume("key", 1, ms).allowed;
  assertEquals([allowed(82), allowed(86_400_000), allowed(86_400_081)], [true, false, false]);
  assert(allowed(86_400_082));
});

Deno.test("gcra: a limit that divides no window is met exactly, for a year of it", () => {
  const quotas = book({ limit: 3, windowMs: 1_000, burst: 3 });
  const year = 365 * 86_400_000;
  let admitted = 0;
  for (let i = 0; i <= 30_000; i++) {
    if (quotas.consume("key", 1, year + i * 100).allowed) admitted++;
  }
  // 3,000 s at three a second, and the burst.
  assertEquals(admitted, 9_003);
});

const slidingPolicy = fc.record({
  limit: fc.integer({ min: 1, max: 20 }),
  // Mostly windows that a few arrivals fill and straddle.
  windowMs: fc.oneof(fc.integer({ min: 1, max: 150 }), fc.integer({ min: 1, max: 3_000 })),
  slots: fc.integer({ min: 1, max: 12 }),
});

Deno.test("sliding_window: no arrivals get more than the limit in any span of the window, whatever the clock does", () => {
  fc.assert(
    fc.property(slidingPolicy, fc.oneof(arrivals, jumpyArrivals), (options, all) => {
      const { limit, windowMs } = options;
      const admitted = admittedOf(book({ ...options, algorithm: "sliding_window" }), all);
      const excess = greatestExcess(
        admitted,
        (spanMs) => spanMs < windowMs - ROUNDING ? limit : Infinity,
      );
      assert(excess <= 0, `${excess}`);
    }),
    { numRuns: 500 },
  );
});

Deno.test("sliding_window: what is refused was too much for a window that is one slot longer", () => {
  fc.assert(fc.property(slidingPolicy, arrivals, (options, all) => {
    const { limit, windowMs, slots } = options;
    const quotas = book({ ...options, algorithm: "sliding_window" });
    const admitted: Admitted[] = [];
    let ms = 0;
    for (const { stepMs, cost } of all) {
      ms += stepMs;
      const fromMs = ms - windowMs - windowMs / slots - ROUNDING;
      const recent = admitted.filter((one) => one.ms > fromMs);
      const consumed = recent.reduce((sum, one) => sum + one.cost, 0);
      if (quotas.consume("key", cost, ms).allowed) admitted.push({ ms, cost });
      else {assert(
          consumed + cost > limit,
          `refused ${cost} when ${consumed} of ${limit} were used`,
        );}
    }
  }));
});

const anyPolicy: fc.Arbitrary<PolicyOptions> = fc.oneof(
  policy,
  slidingPolicy.map((options) => ({ ...options, algorithm: "sliding_window" as const })),
);

Deno.test("a request that one of several limits refuses consumes of none", () => {
  const several = fc.array(anyPolicy, { minLength: 2, maxLength: 4 });
  fc.assert(fc.property(several, arrivals, (options, all) => {
    const named = options.map((option, i) => ({ ...option, name: `limit ${i}` }));
    const together = book(...named);
    // Each limit for itself is told of the admitted requests only, and must be in the same state.
    const alone = named.map((option) => book(option));
    let ms = 0;
    for (const { stepMs, cost } of all) {
      ms += stepMs;
      const decision = together.consume("key", cost, ms);
      const states = [decision, ...decision.others];
      const expected = alone.map((one, i) => {
        const asked = one.consume("key", decision.allowed ? cost : 0, ms);
        const told = states.find(({ policy }) => policy === `limit ${i}`)!;
        return [asked.remaining, told.remaining];
      });
      for (const [exact, told] of expected) assertEquals(told, exact);
      if (!decision.allowed) {
        assert(states.some(({ remaining }) => remaining < cost));
        assertEquals(decision.retryAfterMs, Math.max(...states.map((one) => one.retryAfterMs)));
      }
    }
  }));
});

Deno.test("what is refused passes after retryAfterMs, and everything after resetMs", () => {
  fc.assert(
    fc.property(anyPolicy, arrivals, fc.integer({ min: 1, max: 20 }), (options, all, cost) => {
      const quotas = book(options);
      admittedOf(quotas, all);
      let ms = all.reduce((sum, { stepMs }) => sum + stepMs, 0);
      const refused = quotas.consume("key", cost, ms);
      if (!refused.allowed) {
        if (refused.retryAfterMs === Infinity) return;
        assert(refused.retryAfterMs > 0 && refused.retryAfterMs <= refused.resetMs);
        ms += refused.retryAfterMs;
        assert(quotas.consume("key", cost, ms).allowed);
      }
      ms += quotas.consume("key", 0, ms).resetMs;
      const most = options.algorithm === "sliding_window" ? options.limit : options.burst!;
      assert(quotas.consume("key", most, ms).allowed);
      assertEquals(quotas.consume("key", 0, ms).remaining, 0);
    }),
  );
});

Deno.test("remaining is what passes at once, and not one more", () => {
  fc.assert(fc.property(anyPolicy, arrivals, (options, all) => {
    const quotas = book(options);
    admittedOf(quotas, all);
    const ms = all.reduce((sum, { stepMs }) => sum + stepMs, 0);
    const { remaining } = quotas.consume("key", 0, ms);
    assert(!quotas.consume("key", remaining + 1, ms).allowed);
    assert(quotas.consume("key", remaining, ms).allowed);
  }));
});

Deno.test("keys do not share what they may consume", () => {
  const quotas = book({ limit: 2, windowMs: 1_000 });
  const allowed = (key: string) => quotas.consume(key, 1, 0).allowed;
  assertEquals(["a", "a", "a", "b", "b", "b"].map(allowed), [true, true, false, true, true, false]);
});
