import type { InvalidationCause } from "./cache_counts.ts";

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
