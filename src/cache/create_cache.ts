import { type Clock, systemClock } from "../io/clock.ts";
import { silentLog } from "../io/log.ts";
import { received } from "../metrics/received.ts";
import { type Bus, createBus } from "../telemetry/bus.ts";
import { Cache } from "./cache.ts";
import type { CacheOptions } from "./cache_options.ts";

/** What a cache of one process may be given besides its options. */
export interface LocalCacheOptions {
  /** Default: the clock of this process. */
  readonly clock?: Clock;
  /**
   * Where its events go: that something was loaded at once, and hits, misses, the size and all else when
   * `tell` of the cache is called, as nobody else calls it here. Default: nowhere.
   */
  readonly bus?: Bus;
}

/**
 * A cache of this process alone, for programs and tests without a cluster. `Muster.createCache` makes
 * one that the other nodes' invalidations reach.
 *
 * @throws {TypeError} if an option is wrong, or the clock or the bus is none.
 *
 * @example
 * ```ts
 * import { createCache } from "@muster/muster";
 * import { assertEquals } from "@std/assert";
 *
 * const users = createCache<{ name: string }>({ name: "users", maxEntries: 1_000, ttlMs: 60_000 });
 * const load = () => Promise.resolve({ name: "Ada" });
 * assertEquals(await users.wrap("1", load, { tags: ["team:7"] }), { name: "Ada" });
 * assertEquals(users.get("1"), { name: "Ada" });
 * await users.invalidateTag("team:7");
 * assertEquals(users.get("1"), undefined);
 * ```
 */
export function createCache<V, K extends string = string>(
  options: CacheOptions<V, K>,
  local: LocalCacheOptions = {},
): Cache<V, K> {
  const { clock, bus } = checkedLocal(local);
  return new Cache(options, {
    clock,
    bus,
    vouch: { vouchedAtMs: Infinity },
    tell: () => Promise.resolve({ confirmed: 0, missed: [] }),
    ownerOf: () => undefined,
    remove: () => {},
  });
}

/** What was left out is filled in. */
function checkedLocal(local: LocalCacheOptions): Required<LocalCacheOptions> {
  const isObject = typeof local === "object" && local !== null;
  const { clock = systemClock, bus = createBus(silentLog) } = isObject ? local : {};
  const problems: string[] = [];
  const check = (isRight: boolean, field: string, rule: string, value: unknown) => {
    if (!isRight) problems.push(`${field} must be ${rule}: received ${received(value)}`);
  };
  check(isObject, "what it is given besides", "an object with clock, bus or neither", local);
  const isClock = typeof clock?.nowMs === "function" && typeof clock.after === "function";
  check(isClock, "clock", "one with nowMs() and after()", clock);
  check(typeof bus?.emit === "function", "bus", "one with emit(), such as muster.bus", bus);
  if (problems.length === 0) return { clock, bus };
  throw new TypeError(`Cannot create a cache: ${problems.join("; ")}`);
}
