/** What a cache holds of a key. Times are milliseconds of the cache's clock. */
export interface Entry<V> {
  /** Undefined for what was not found. */
  readonly value: V | undefined;
  readonly isAbsent: boolean;
  /** When its loading began, or it was set: it has all that happened before. */
  readonly sinceMs: number;
  /** Infinity for never. */
  readonly expiresAtMs: number;
  /** Until when `wrap` may serve it while it loads it anew. */
  readonly staleUntilMs: number;
  readonly tags: readonly string[];
  readonly bytes: number;
}

/** What may be done with an entry now. */
export type Freshness = "fresh" | "stale" | "expired" | "unvouched";
