/**
 * What a cache holds of a key beside its value, where there is more to know. Times are milliseconds of
 * the cache's clock.
 */
export class Entry<V> {
  /** Undefined for what was not found. */
  readonly value: V | undefined;
  readonly isAbsent: boolean;
  /** Whether it is a value that never expires: such a hit need not look at the times. */
  readonly isLasting: boolean;
  /** When its loading began, or it was set: it has all that happened before. */
  readonly sinceMs: number;
  /** Infinity for never. */
  readonly expiresAtMs: number;
  readonly tags: readonly string[];

  constructor(
    value: V | undefined,
    sinceMs: number,
    expiresAtMs: number,
    tags: readonly string[],
  ) {
    this.value = value;
    this.isAbsent = value === undefined;
    this.isLasting = !this.isAbsent && expiresAtMs === Infinity;
    this.sinceMs = sinceMs;
    this.expiresAtMs = expiresAtMs;
    this.tags = tags;
  }
}

/** An entry, or the bare value where there is nothing else to know: a hit has less to read then. */
export type Held<V> = NonNullable<V> | Entry<V>;

/** What is held of a value, or of there being none: the value alone where nothing else matters. */
export function heldOf<V>(
  value: V | undefined,
  { sinceMs, ttlMs, tags, isBounded }: {
    readonly sinceMs: number;
    readonly ttlMs: number;
    readonly tags: readonly string[];
    /** Whether it matters since when it is held. */
    readonly isBounded: boolean;
  },
): Held<V> {
  const isBare = !isBounded && ttlMs === Infinity && tags.length === 0;
  if (isBare && value !== undefined && value !== null) return value;
  return new Entry(value, sinceMs, sinceMs + ttlMs, tags);
}

/** What may be done with an entry now. */
export type Freshness = "fresh" | "stale" | "expired" | "unvouched";
