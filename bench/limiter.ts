import { assert, assertEquals } from "@std/assert";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { systemClock } from "../src/io/clock.ts";
import { systemRandom } from "../src/io/random.ts";
import { DecisionClock } from "../src/rate_limit/decision_clock.ts";
import { KeyHash } from "../src/rate_limit/key_hash.ts";
import { KeyTable } from "../src/rate_limit/key_table.ts";
import { createLimiter } from "../src/rate_limit/create_limiter.ts";
import type { Limiter } from "../src/rate_limit/limiter.ts";
import { timesLess } from "./bars.ts";
import type { Comparison, Contender } from "./comparison.ts";

const FLEXIBLE = "rate-limiter-flexible";
const OPERATIONS = 2_000;
const RUN = { unit: "ns", operations: OPERATIONS, runs: 301, warmups: 100 } as const;
const LIMIT = 1_000_000;
const WINDOW_SECONDS = 3_600;
/** Those of a small service, and of one that much of the internet asks. */
const KEY_COUNTS: readonly number[] = [1_000, 300_000, 1_000_000];
const FLOOR = "the limit: a fingerprint and its row";
const CLOCKED_FLOOR = "the limit: a fingerprint, its row, the clock";
const NOTE =
  "Keys are IPv4 addresses that are known by now. rate-limiter-flexible counts a fixed " +
  "window by the wall clock, and gives a promise, which is awaited.";
const FLOOR_NOTE =
  " The limit is what no decision of Muster can do without: the keyed fingerprint of " +
  "the key, its row in the table and, where no time is given, the clock; nothing is decided.";

/** What a decision takes. */
export function decisions(): Comparison[] {
  return [
    ...KEY_COUNTS.flatMap((keys) => [ownClock(keys), givenTime(keys)]),
    newTexts(),
    newKeys(),
    severalLimits(),
    slidingWindow(),
  ];
}

function ownClock(count: number): Comparison {
  const keys = addresses(count);
  const limiter = limiterOf([{ limit: LIMIT, windowMs: 1_000 * WINDOW_SECONDS }]);
  const muster = contender(keys, (key) => limiter.consume(key).allowed);
  const clock = new DecisionClock(systemClock);
  const bare = bareLookups(keys, () => clock.nowMs());
  return comparison(`a decision, ${count} keys, own clock`, keys, muster, 3, bare);
}

function givenTime(count: number): Comparison {
  const keys = addresses(count);
  const limiter = limiterOf([{ limit: LIMIT, windowMs: 1_000 * WINDOW_SECONDS }]);
  let nowMs = systemClock.nowMs();
  const muster = contender(keys, (key) => limiter.consume(key, 1, nowMs += 0.001).allowed);
  return comparison(`a decision, ${count} keys, time given`, keys, muster, 5, bareLookups(keys));
}

function severalLimits(): Comparison {
  const keys = addresses(1_000);
  const windowMs = 1_000 * WINDOW_SECONDS;
  const limiter = limiterOf([{ limit: LIMIT, windowMs }, {
    limit: LIMIT,
    windowMs: 24 * windowMs,
  }]);
  const muster = contender(keys, (key) => limiter.consume(key).allowed);
  return comparison("a decision of two limits at once, 1000 keys, own clock", keys, muster);
}

function slidingWindow(): Comparison {
  const keys = addresses(1_000);
  const windowMs = 1_000 * WINDOW_SECONDS;
  const limiter = limiterOf([{ limit: LIMIT, windowMs, algorithm: "sliding_window" }]);
  const muster = contender(keys, (key) => limiter.consume(key).allowed);
  return comparison("a decision of a sliding window, 1000 keys, own clock", keys, muster);
}

function limiterOf(limits: Parameters<typeof createLimiter>[0]["limits"]): Limiter {
  return createLimiter({ name: "bench", limits });
}

function contender(keys: readonly string[], isAllowed: (key: string) => boolean): Contender {
  let at = 0;
  return {
    name: "Muster",
    run: () => {
      let allowed = 0;
      for (let i = 0; i < OPERATIONS; i++) {
        if (isAllowed(keys[at]!)) allowed++;
        if (++at === keys.length) at = 0;
      }
      assertEquals(allowed, OPERATIONS);
    },
  };
}

/** What every decision begins with, and nothing else. */
function bareLookups(keys: readonly string[], nowMs?: () => number): Contender {
  const hash = KeyHash.random(systemRandom);
  const rows = { width: 1, msLeft: (cells: Float64Array, at: number) => cells[at]! };
  const table = new KeyTable({ rows, keysMax: 1_000_000 });
  for (const key of keys) {
    hash.take(key);
    const segment = table.segmentOf(hash.hi);
    // Claimed first: that may replace the cells.
    const row = segment.claim(hash.lo, hash.hi);
    segment.cells[row] = 1;
  }
  let at = 0, sum = 0;
  return {
    name: nowMs === undefined ? FLOOR : CLOCKED_FLOOR,
    run: () => {
      let found = 0;
      for (let i = 0; i < OPERATIONS; i++) {
        hash.take(keys[at]!);
        if (nowMs !== undefined) sum += nowMs();
        const segment = table.segmentOf(hash.hi);
        found += segment.cells[segment.find(hash.lo, hash.hi)]!;
        if (++at === keys.length) at = 0;
      }
      assertEquals([found, sum >= 0], [OPERATIONS, true]);
    },
  };
}

/** Keys as requests bring them: known ones, each time in a text that was not read before. */
function newTexts(): Comparison {
  const count = 1_000;
  const limiter = limiterOf([{ limit: LIMIT, windowMs: 1_000 * WINDOW_SECONDS }]);
  const flexible = new RateLimiterMemory({ points: LIMIT, duration: WINDOW_SECONDS });
  const bytes = addresses(count).map((key) => new TextEncoder().encode(key));
  const decoder = new TextDecoder();
  let texts: string[] = [];
  const prepare = () => {
    texts = Array.from({ length: OPERATIONS }, (_, i) => decoder.decode(bytes[i % count]));
  };
  return {
    ...RUN,
    title: `a decision, ${count} keys, each time in a new text, own clock`,
    note: "As above, but a key is a text that was just made of bytes, as that of a header is.",
    contenders: [
      {
        name: "Muster",
        prepare,
        run: () => {
          for (let i = 0; i < OPERATIONS; i++) limiter.consume(texts[i]!);
        },
      },
      {
        name: FLEXIBLE,
        prepare,
        run: async () => {
          for (let i = 0; i < OPERATIONS; i++) await flexible.consume(texts[i]!);
        },
      },
    ],
    bars: [timesLess(3, FLEXIBLE)],
    verify: async () => {
      prepare();
      const last = texts.at(-1)!;
      const [mine, theirs] = [limiter.consume(last), await flexible.consume(last)];
      assertEquals(mine.remaining, theirs.remainingPoints);
    },
  };
}

/** Each decision is about an address that was never seen. */
function newKeys(): Comparison {
  const limiter = limiterOf([{ limit: LIMIT, windowMs: 1_000 * WINDOW_SECONDS }]);
  const flexible = new RateLimiterMemory({ points: LIMIT, duration: WINDOW_SECONDS });
  let mine = 0, theirs = 0;
  return {
    ...RUN,
    title: "a decision about a new key, own clock",
    note: "rate-limiter-flexible sets a timer for each key.",
    contenders: [{
      name: "Muster",
      run: () => {
        for (let i = 0; i < OPERATIONS; i++) limiter.consume(address(mine++));
      },
    }, {
      name: FLEXIBLE,
      run: async () => {
        for (let i = 0; i < OPERATIONS; i++) await flexible.consume(address(theirs++));
      },
    }],
    bars: [timesLess(3, FLEXIBLE)],
    verify: () => assertEquals(limiter.consume(address(mine++)).remaining, LIMIT - 1),
  };
}

const flexibles = new Map<number, Promise<RateLimiterMemory>>();

/** One that knows so many addresses. */
function flexibleWith(count: number): Promise<RateLimiterMemory> {
  const made = flexibles.get(count) ?? (async () => {
    const flexible = new RateLimiterMemory({ points: LIMIT, duration: WINDOW_SECONDS });
    for (const key of addresses(count)) await flexible.consume(key);
    return flexible;
  })();
  flexibles.set(count, made);
  return made;
}

function comparison(
  title: string,
  keys: readonly string[],
  muster: Contender,
  times: number | null = null,
  floor: Contender | null = null,
): Comparison {
  let flexible: RateLimiterMemory;
  let at = 0;
  return {
    ...RUN,
    title,
    note: floor === null ? NOTE : NOTE + FLOOR_NOTE,
    contenders: [
      muster,
      {
        name: FLEXIBLE,
        run: async () => {
          for (let i = 0; i < OPERATIONS; i++) {
            await flexible.consume(keys[at]!);
            if (++at === keys.length) at = 0;
          }
        },
      },
      ...(floor === null ? [] : [floor]),
    ],
    bars: times === null ? [] : [timesLess(times, FLEXIBLE)],
    verify: async () => {
      flexible = await flexibleWith(keys.length);
      // Each key becomes known; nobody is refused, or another thing would be measured.
      for (let made = 0; made < keys.length; made += OPERATIONS) await muster.run();
      assert((await flexible.consume(keys[0]!)).remainingPoints > 0);
    },
  };
}

/** In an order in which neighbours are far apart. */
function addresses(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => address(i));
}

function address(i: number): string {
  const mixed = Math.imul(i + 1, 0x9e3779b1) >>> 0;
  return `${mixed >>> 24}.${mixed >>> 16 & 255}.${mixed >>> 8 & 255}.${mixed & 255}`;
}
