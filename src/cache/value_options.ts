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

const NO_TAGS: readonly string[] = [];

/**
 * What is said of one value, with what the cache says where nothing is.
 *
 * @throws {TypeError} with a sentence that names the cache and the rule.
 */
export function saidOf<T>(
  cache: string,
  options: { readonly ttlMs?: number; readonly tags?: T },
  ttlMsOfCache: number = Infinity,
): { readonly ttlMs: number; readonly tags: T | readonly string[] } {
  const isObject = typeof options === "object" && options !== null;
  const { ttlMs = ttlMsOfCache, tags = NO_TAGS } = isObject ? options : {};
  if (isObject && typeof ttlMs === "number" && ttlMs >= 0) return { ttlMs, tags };
  const rule = isObject
    ? `ttlMs must be a number of at least 0, or left out: received ${received(ttlMs)}`
    : `its options must be an object, such as { ttlMs: 60000 }, or left out: received ${
      received(options)
    }`;
  throw new TypeError(`Cannot keep a value in the cache "${cache}": ${rule}`);
}

/**
 * Throws where what should load a key can't.
 *
 * @throws {TypeError} with a sentence that names the cache, the key and the rule.
 */
export function checkLoader(cache: string, key: string, load: unknown): void {
  if (typeof load === "function") return;
  // Nobody will wait for it, and a rejection that nobody hears ends the process.
  if (load instanceof Promise) load.catch(() => {});
  throw new TypeError(
    `Cannot load ${JSON.stringify(key)} for the cache "${cache}": load must be a function that ` +
      `gives the value: received ${load instanceof Promise ? "a promise" : received(load)}`,
  );
}
