import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { KeyHash } from "../../src/rate_limit/key_hash.ts";
import { checkedPlan } from "../../src/rate_limit/limiter_options.ts";
import type { Algorithm } from "../../src/rate_limit/policy.ts";
import { SplitBook } from "../../src/rate_limit/split_book.ts";
import { type Admitted, greatestExcess } from "./arrivals.ts";

const HASH = new KeyHash(new Uint8Array(8));
const SETTLE_MS = 500;
const STALE_MS = 400;
const HEARTBEAT_MS = 100;
const WINDOW_MS = 1_000;
/** Times are float64. */
const ROUNDING = 1e-6;

function split(limit: number, algorithm: Algorithm, nowMs: number, isAlone = false): SplitBook {
  const limits = [{ limit, windowMs: WINDOW_MS, algorithm }];
  const plan = checkedPlan({ name: "test", limits, keysMax: 100 });
  const times = { settleMs: SETTLE_MS, staleMs: STALE_MS };
  return new SplitBook({ plan, hash: HASH, nowMs, isAlone, ...times });
}

interface Life {
  readonly beginMs: number;
  readonly endMs: number;
  /** How long after a change this node learns of it. */
  readonly lateMs: number;
}

const life: fc.Arbitrary<Life> = fc.record({
  beginMs: fc.integer({ min: 0, max: 8_000 }),
  lastsMs: fc.integer({ min: 200, max: 8_000 }),
  lateMs: fc.integer({ min: 0, max: SETTLE_MS - HEARTBEAT_MS }),
}).map(({ beginMs, lastsMs, lateMs }) => ({ beginMs, endMs: beginMs + lastsMs, lateMs }));

/** What nodes admit together that come, go, and learn of it late; each is asked whenever it can be. */
function admittedTogether(
  lives: readonly Life[],
  limit: number,
  algorithm: Algorithm,
): readonly Admitted[] {
  const endMs = Math.max(...lives.map((one) => one.endMs));
  const books = new Map<Life, SplitBook>();
  const admitted: Admitted[] = [];
  for (let nowMs = 0; nowMs < endMs; nowMs += 10) {
    for (const own of lives) {
      if (nowMs < own.beginMs || nowMs >= own.endMs) continue;
      let book = books.get(own);
      if (book === undefined) books.set(own, book = split(limit, algorithm, nowMs));
      if (nowMs % HEARTBEAT_MS === 0) {
        const thenMs = nowMs - own.lateMs;
        const known = lives.filter((one) =>
          one === own || (thenMs >= one.beginMs && thenMs < one.endMs)
        );
        book.observe({ nodes: known.length, rank: known.indexOf(own) }, nowMs);
      }
      for (let i = 0; i < 3; i++) {
        if (book.consume("key", 1, nowMs, "node").allowed) admitted.push({ ms: nowMs, cost: 1 });
      }
    }
  }
  return admitted;
}

Deno.test("nodes that come and go, and learn of it late, admit together what one bucket would", () => {
  const lives = fc.array(life, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(lives, fc.integer({ min: 1, max: 60 }), (all, limit) => {
      const admitted = admittedTogether(all, limit, "gcra");
      const excess = greatestExcess(admitted, (ms) => limit + limit * ms / WINDOW_MS);
      assert(excess <= ROUNDING, `${excess} of ${limit}`);
    }),
    { numRuns: 40 },
  );
});

Deno.test("with sliding windows they admit together at most the limit in any window", () => {
  const lives = fc.array(life, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(lives, fc.integer({ min: 1, max: 60 }), (all, limit) => {
      const admitted = admittedTogether(all, limit, "sliding_window");
      const excess = greatestExcess(admitted, (ms) => ms < WINDOW_MS ? limit : Infinity);
      assert(excess <= 0, `${excess} of ${limit}`);
    }),
    { numRuns: 40 },
  );
});

Deno.test("what nodes may use is used: five of them that stay reach the whole limit", () => {
  const lives = Array.from({ length: 5 }, () => ({ beginMs: 0, endMs: 20_000, lateMs: 0 }));
  for (const algorithm of ["gcra", "sliding_window"] as const) {
    const admitted = admittedTogether(lives, 50, algorithm);
    const late = admitted.filter(({ ms }) => ms >= 10_000).length;
    // Ten windows; a sliding window of ten slots gives back a tenth late.
    assert(late >= 50 * 10 * 0.88 && late <= 50 * 10 + 50, `${late} by ${algorithm}`);
  }
});

Deno.test("a partition into two sides that both count the other as down gives each side the limit", () => {
  const books = [split(10, "gcra", 0), split(10, "gcra", 0)];
  let allowed = 0;
  for (let nowMs = 0; nowMs <= 20_000; nowMs += 100) {
    for (const book of books) {
      book.observe({ nodes: 1, rank: 0 }, nowMs);
      if (nowMs < 10_000) continue;
      for (let i = 0; i < 5; i++) if (book.consume("key", 1, nowMs, "node").allowed) allowed++;
    }
  }
  assertEquals(allowed, 2 * (10 + 10 * 10));
});

Deno.test("a node that stood still has nothing when it wakes, and grows like one that has just begun", () => {
  const book = split(10, "gcra", 0);
  for (let nowMs = 0; nowMs <= 5_000; nowMs += 100) book.observe({ nodes: 1, rank: 0 }, nowMs);
  const allowed = (nowMs: number) => book.consume(`key ${nowMs}`, 1, nowMs, "node").allowed;
  assertEquals(allowed(5_100), true);
  // Its requests come before its heartbeat.
  assertEquals([allowed(9_000), allowed(9_001)], [false, false]);
  for (let nowMs = 9_010; nowMs <= 9_490; nowMs += 10) book.observe({ nodes: 2, rank: 0 }, nowMs);
  assertEquals(allowed(9_495), false);
  for (let nowMs = 9_500; nowMs <= 12_000; nowMs += 10) book.observe({ nodes: 2, rank: 0 }, nowMs);
  assertEquals([allowed(12_001), book.statuses(12_001)[0]!.share], [true, 5]);
});

Deno.test("a node that is alone by configuration has everything at once", () => {
  const book = split(3, "sliding_window", 0, true);
  book.observe({ nodes: 1, rank: 0 }, 0);
  const allowed = () => book.consume("key", 1, 1, "node").allowed;
  assertEquals([allowed(), allowed(), allowed(), allowed()], [true, true, true, false]);
});

Deno.test("what is more than a share, but not than the limit, is told to come back soon", () => {
  for (const algorithm of ["gcra", "sliding_window"] as const) {
    const book = split(10, algorithm, 0);
    const retry = (cost: number) => book.consume("key", cost, 1, "node").retryAfterMs;
    assertEquals([retry(1), retry(10), retry(11)], [1_000, 1_000, Infinity]);
  }
});

Deno.test("statuses say why a share is what it is", () => {
  const book = split(10, "gcra", 0);
  const why = (nowMs: number) => book.statuses(nowMs)[0]!.why;
  assertEquals(why(0), "this node does not know yet with whom it shares");
  book.observe({ nodes: 3, rank: 0 }, 100);
  assertEquals(
    why(100),
    "10 for 3 nodes; it grows to 4 in 1 s, when the others have had time to shrink",
  );
  for (let nowMs = 200; nowMs <= 600; nowMs += 100) book.observe({ nodes: 3, rank: 0 }, nowMs);
  assertEquals([why(600), book.statuses(600)[0]!.share], ["10 for 3 nodes", 4]);
  book.observe({ nodes: 11, rank: 10 }, 700);
  assertEquals(why(700), "10 for 11 nodes, which is not one for each: this node has none");
});
