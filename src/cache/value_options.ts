import { received } from "../metrics/received.ts";

/** Gives the value of a key, or undefined where there is none. */
export type Loader<V, K extends string> = (key: K) => V | undefined | Promise<V | undefined>;

/** What is said of one value that is set. */
export interface SetOptions {
  /**
   * How long it may be served, in milliseconds; 0 is not at all, unless stale. Default: the cache's
   * `ttlMs`.
   */
  readonly ttlMs?: number;
  /** What else it depends on: `invalidateTag` drops it with all others that carry the tag. Default: none. */
  readonly tags?: readonly string[];
}

/** What is said of one value that is loaded. */
export interface WrapOptions<V> {
  /**
   * How long it may be served, in milliseconds since its loading began; 0 is not at all, unless stale.
   * Of all who wait for one loading, the shortest counts. Default: the cache's `ttlMs`.
   */
  readonly ttlMs?: number;
  /**
   * What else it depends on, besides what others say who wait for the same loading. A function is asked
   * when the value is there, and where it fails the value is not kept. Default: none.
   */
  readonly tags?: readonly string[] | ((value: V) => readonly string[]);
}

/** What a cache knows of a key. */
export type Lookup<V> =
  | { readonly kind: "found"; readonly value: V }
  /** It is known that there is no value. */
  | { readonly kind: "absent" }
  | { readonly kind: "missing" };

/**
 * Throws where a value's own time is none.
 *
 * @throws {TypeError} with a sentence that names the cache and the rule.
 */
export function checkTtlMs(cache: string, ttlMs: unknown): void {
  if (typeof ttlMs === "number" && ttlMs >= 0) return;
  throw new TypeError(
    `Cannot keep a value in the cache "${cache}": ttlMs must be a number of at least 0, or left ` +
      `out: received ${received(ttlMs)}`,
  );
}
