/** One loading of a key that is under way. */
export interface Load<V> {
  readonly startedAtMs: number;
  /** The tags that its value will carry; null where only the value tells. */
  readonly tags: readonly string[] | null;
  /** Null while its loader was called and has returned nothing yet: whoever asks then is that loader. */
  promise: Promise<V | undefined> | null;
  /** Whether something happened meanwhile that its value may not know of: it must not be kept. */
  isOutdated: boolean;
}

/**
 * The loadings under way, one for each key that may be joined. A loading that an invalidation
 * overtakes goes on for those who wait for it, but nobody joins it and its value is not kept.
 */
export class Loads<V, K extends string> {
  readonly #loads = new Map<K, Load<V>>();

  /** The loading that may be joined. */
  get(key: K): Load<V> | undefined {
    return this.#loads.get(key);
  }

  /** Puts a loading in the place of one that may not be joined any more. */
  begin(key: K, load: Load<V>): void {
    this.outdate(key);
    this.#loads.set(key, load);
  }

  /** A loading has ended. */
  end(key: K, load: Load<V>): void {
    if (this.#loads.get(key) === load) this.#loads.delete(key);
  }

  /** The key was invalidated, set or deleted. */
  outdate(key: K): void {
    const load = this.#loads.get(key);
    if (load === undefined) return;
    load.isOutdated = true;
    this.#loads.delete(key);
  }

  /** A tag was invalidated: of some loadings it is not known yet whether they will carry it. */
  outdateTag(tag: string): void {
    for (const [key, { tags }] of this.#loads) {
      if (tags === null || tags.includes(tag)) this.outdate(key);
    }
  }

  /** Everything was invalidated. */
  outdateAll(): void {
    for (const key of [...this.#loads.keys()]) this.outdate(key);
  }

  /** Loadings under way that may be joined. */
  get size(): number {
    return this.#loads.size;
  }
}

/** What a loader is told that would wait for itself. */
export function waitsForItself(cache: string, key: string): TypeError {
  return new TypeError(
    `Cannot load ${
      JSON.stringify(key)
    } for the cache "${cache}": its loader must not ask for the key ` +
      `that it loads, not even by the loader of another: it would wait for itself`,
  );
}
