import { assertEquals } from "@std/assert";
import { LRUCache } from "lru-cache";
import { Cache } from "../src/cache/cache.ts";
import type { CacheOptions } from "../src/cache/cache_options.ts";
import { systemClock } from "../src/io/clock.ts";
import { silentLog } from "../src/io/log.ts";
import { createBus } from "../src/telemetry/bus.ts";
import { LRU_CACHE, within } from "./bars.ts";
import type { Comparison } from "./comparison.ts";
import { randoms } from "./workload.ts";

const ENTRIES = 100_000;
const OPERATIONS = 100_000;
const RUN = { unit: "ns", operations: OPERATIONS, runs: 61, warmups: 15 } as const;
const CLOCK = "reading the clock";

/** Lookups that hit, of 100,000 entries in random order. */
export function caches(): Comparison[] {
  return [
    comparison("`get` of a cache without bound", {}, 1.5),
    comparison("`get` of a cache that vouches for what it serves", { staleMsMax: 5_000 }, 4),
  ];
}

function comparison(title: string, options: Partial<CacheOptions<Row>>, bar: number): Comparison {
  const random = randoms(11);
  const order = Array.from({ length: OPERATIONS }, () => Math.floor(random.next().value * ENTRIES));
  const keys = Array.from({ length: ENTRIES }, (_, i) => `user:${i}`);
  const muster = createCache(options);
  const bare = new LRUCache<string, Row>({ max: 2 * ENTRIES });
  for (const key of keys) {
    muster.set(key, { key });
    bare.set(key, { key });
  }
  let sum = 0;
  const isBounded = options.staleMsMax !== undefined;
  return {
    ...RUN,
    title,
    ...(isBounded
      ? { note: "A bound on staleness needs a clock, which is most of what it costs." }
      : {}),
    contenders: [
      {
        name: "Muster",
        run: () => {
          for (let i = 0; i < OPERATIONS; i++) muster.get(keys[order[i]!]!);
        },
      },
      {
        name: LRU_CACHE,
        run: () => {
          for (let i = 0; i < OPERATIONS; i++) bare.get(keys[order[i]!]!);
        },
      },
      ...(isBounded
        ? [{
          name: CLOCK,
          run: () => {
            for (let i = 0; i < OPERATIONS; i++) sum += systemClock.nowMs();
          },
        }]
        : []),
    ],
    bars: [within(bar, LRU_CACHE)],
    verify: () => {
      for (const key of keys) assertEquals(muster.get(key), bare.get(key));
      assertEquals([muster.get("none"), bare.get("none"), sum], [undefined, undefined, 0]);
    },
  };
}

interface Row {
  readonly key: string;
}

/** A cache whose node has just heard everybody, for as long as the benchmark takes. */
function createCache(options: Partial<CacheOptions<Row>>): Cache<Row> {
  return new Cache<Row>({ name: "users", maxEntries: 2 * ENTRIES, ...options }, {
    clock: systemClock,
    bus: createBus(silentLog),
    vouch: { vouchedAtMs: systemClock.nowMs() + 3_600_000 },
    tell: () => Promise.resolve({ confirmed: 0, missed: [] }),
    ownerOf: () => undefined,
    remove: () => {},
  });
}
