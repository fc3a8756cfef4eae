/** Gives the value of a key, or undefined where there is none. */
export type Loader<V, K extends string> = (key: K) => V | undefined | Promise<V | undefined>;

/** What is said of one value that is set. */
export interface SetOptions {
  /** How long it may be served, in milliseconds. Default: the cache's `ttlMs`. */
  readonly ttlMs?: number;
  /** What else it depends on: `invalidateTag` drops it with all others that carry the tag. */
  readonly tags?: readonly string[];
}

/** What is said of one value that is loaded. */
export interface WrapOptions<V> {
  /** How long it may be served, in milliseconds. Default: the cache's `ttlMs`. */
  readonly ttlMs?: number;
  /** What else it depends on; a function is asked when the value is there, and where it fails the value is not kept. */
  readonly tags?: readonly string[] | ((value: V) => readonly string[]);
}

/** What a cache knows of a key. */
export type Lookup<V> =
  | { readonly kind: "found"; readonly value: V }
  /** It is known that there is no value. */
  | { readonly kind: "absent" }
  | { readonly kind: "missing" };
