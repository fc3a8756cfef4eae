import type { CacheCounts, InvalidationCause } from "./cache_counts.ts";
import type { CacheOptions } from "./cache_options.ts";

/** A cache of one node, in numbers since it was created. */
export interface CacheStatus {
  /** Its name. */
  readonly name: string;
  /** Entries that are held now. */
  readonly entries: number;
  /** Entries that it may hold. */
  readonly maxEntries: number;
  /** Bytes that they take; null where that is not measured. */
  readonly bytes: number | null;
  /** Bytes that they may take; null for no limit. */
  readonly maxBytes: number | null;
  /** The bound on staleness in milliseconds; null for none. */
  readonly staleMsMax: number | null;
  /** Lookups that were answered. */
  readonly hits: number;
  /** Lookups that were not. */
  readonly misses: number;
  /** Hits of all that was asked for; null before the first. */
  readonly hitRatio: number | null;
  /** Loadings under way. */
  readonly loading: number;
  /** Tags that entries carry. */
  readonly tags: number;
  /** Invalidations that this node asked for (`key`, `tag`, `clear`) or that befell it. */
  readonly invalidations: Readonly<Record<InvalidationCause, number>>;
  /** Entries that invalidations dropped here, of whatever node they came. */
  readonly dropped: Readonly<Record<InvalidationCause, number>>;
}

/** A cache in numbers, of what it was made with, what it counted, and what it has now. */
export function cacheStatus<V, K extends string>(
  options: CacheOptions<V, K>,
  { hits, misses, invalidations, dropped }: CacheCounts,
  now: Pick<CacheStatus, "entries" | "bytes" | "loading" | "tags">,
): CacheStatus {
  const { name, maxEntries, maxBytes = null, staleMsMax = null } = options;
  return {
    name,
    entries: now.entries,
    maxEntries,
    bytes: now.bytes,
    maxBytes,
    staleMsMax,
    hits,
    misses,
    hitRatio: hits + misses === 0 ? null : hits / (hits + misses),
    loading: now.loading,
    tags: now.tags,
    invalidations: { ...invalidations },
    dropped: { ...dropped },
  };
}
