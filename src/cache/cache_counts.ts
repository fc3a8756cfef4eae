import type { Bus, Measurements, Metadata } from "../telemetry/bus.ts";

/** Why entries were dropped before their time. */
export type InvalidationCause = "key" | "tag" | "clear" | "missed" | "topology";

/** The events of caches on the telemetry bus; the plugin `caches` makes metrics of them. */
export const CACHE_EVENTS = {
  hit: "muster.cache.hit",
  miss: "muster.cache.miss",
  eviction: "muster.cache.eviction",
  invalidation: "muster.cache.invalidation",
  dropped: "muster.cache.dropped",
  size: "muster.cache.size",
  load: "muster.cache.load",
} as const;

const HITS = ["fresh", "stale", "absent"] as const;
const MISSES = ["missing", "expired", "unvouched"] as const;
const EVICTIONS = ["full", "too_large", "failed"] as const;
const CAUSES: readonly InvalidationCause[] = ["key", "tag", "clear", "missed", "topology"];

/**
 * What happened to a cache, counted where it happens and told to the bus in one go, since an event for
 * each hit would cost more than the hit.
 */
export class CacheCounts {
  // Hits of values, of values while they load anew, and of keys known to be absent.
  fresh = 0;
  stale = 0;
  absent = 0;
  // Misses of what was not there, was too old, or could not be vouched for.
  missing = 0;
  expired = 0;
  unvouched = 0;
  // Entries that went for want of room, never got any, or whose size or tags could not be told.
  full = 0;
  too_large = 0;
  failed = 0;
  /** Invalidations that this node asked for, or that befell it. */
  readonly invalidations: Record<InvalidationCause, number> = noneYet();
  /** The entries that they dropped here. */
  readonly dropped: Record<InvalidationCause, number> = noneYet();
  readonly #told = new Map<string, number>();

  get hits(): number {
    return this.fresh + this.stale + this.absent;
  }

  get misses(): number {
    return this.missing + this.expired + this.unvouched;
  }

  /** Tells the bus what came since the last time, and how large the cache is. */
  tell(bus: Bus, cache: string, size: Measurements, events: string | undefined): void {
    this.#tellCounts(bus, cache, events);
    bus.emit(CACHE_EVENTS.size, size, { cache });
    if (events !== undefined) bus.emit(`${events}.cache_state`, size, { cache });
  }

  #tellCounts(bus: Bus, cache: string, events: string | undefined): void {
    const add = (event: string, cause: string, total: number) => {
      const count = this.#since(`${event} ${cause}`, total);
      if (count > 0) bus.emit(event, { count }, { cache, cause });
    };
    for (const cause of HITS) add(CACHE_EVENTS.hit, cause, this[cause]);
    for (const cause of MISSES) add(CACHE_EVENTS.miss, cause, this[cause]);
    for (const cause of EVICTIONS) add(CACHE_EVENTS.eviction, cause, this[cause]);
    for (const cause of CAUSES) {
      add(CACHE_EVENTS.invalidation, cause, this.invalidations[cause]);
      add(CACHE_EVENTS.dropped, cause, this.dropped[cause]);
    }
    if (events === undefined) return;
    const addTo = (name: string, total: number, metadata: Metadata) => {
      const count = this.#since(`${name} ${metadata.reason}`, total);
      if (count > 0) bus.emit(`${events}.${name}`, { count }, { cache, ...metadata });
    };
    addTo("cache_hit", this.hits, {});
    addTo("cache_miss", this.misses, {});
    for (const reason of CAUSES) addTo("cache_invalidated", this.dropped[reason], { reason });
  }

  #since(what: string, total: number): number {
    const count = total - (this.#told.get(what) ?? 0);
    this.#told.set(what, total);
    return count;
  }
}

function noneYet(): Record<InvalidationCause, number> {
  return { key: 0, tag: 0, clear: 0, missed: 0, topology: 0 };
}
