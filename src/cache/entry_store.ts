import { LRUCache } from "lru-cache";
import type { CacheCounts, InvalidationCause } from "./cache_counts.ts";
import type { CacheOptions } from "./cache_options.ts";
import { Entry, type Held } from "./entry.ts";
import type { Pending } from "./load.ts";
import { TagIndex } from "./tag_index.ts";
import { valueBytes } from "./value_bytes.ts";

/** The entries of a cache within its limits, by key and by tag; why they go is counted. */
export class EntryStore<V, K extends string> {
  /** Read directly where it is hot. */
  readonly lru: LRUCache<K, Held<V>>;
  readonly #tags = new TagIndex<K>();
  readonly #counts: CacheCounts;
  readonly #sizeOf: ((value: V, key: K) => number) | null;
  /** Why entries are being dropped; null where their time has come. */
  #dropping: InvalidationCause | null = null;

  constructor({ maxEntries, maxBytes, sizeOf }: CacheOptions<V, K>, counts: CacheCounts) {
    this.#counts = counts;
    this.#sizeOf = sizeOf ?? (maxBytes === undefined ? null : valueBytes);
    this.lru = new LRUCache<K, Held<V>>({
      max: maxEntries,
      ...(this.#sizeOf === null ? {} : {
        maxSize: maxBytes ?? Number.MAX_SAFE_INTEGER,
      }),
      dispose: (held, key, reason) => {
        if (held instanceof Entry && held.tags.length > 0) this.#tags.remove(key, held.tags);
        if (reason === "evict") counts.full++;
        else if (this.#dropping !== null) counts.dropped[this.#dropping]++;
      },
    });
  }

  /** Bytes that the entries take; null where that is not measured. */
  get bytes(): number | null {
    return this.#sizeOf === null ? null : this.lru.calculatedSize;
  }

  /** Tags that any entry carries. */
  get tagCount(): number {
    return this.#tags.size;
  }

  /**
   * Keeps an entry or a bare value; what is larger than all may be together, or can't be measured, is not
   * kept, and what was there before it is gone as well. Nor is what was outdated while it was measured.
   */
  keep(key: K, held: Held<V>, pending: Pending): void {
    if (this.#sizeOf === null) this.lru.set(key, held);
    else {
      const size = this.#bytesOf(key, held);
      if (pending.isOutdated) return;
      if (Number.isNaN(size)) return this.refuse(key);
      // The same object again may have grown, but is taken for no change: its size would stay.
      if (this.lru.peek(key) === held) this.lru.delete(key);
      this.lru.set(key, held, { size });
      if (!this.lru.has(key)) {
        this.#counts.too_large++;
        return;
      }
    }
    if (held instanceof Entry && held.tags.length > 0) this.#tags.add(key, held.tags);
  }

  /** Keeps nothing of a key whose new value failed to tell its size or tags. */
  refuse(key: K): void {
    this.#counts.failed++;
    this.lru.delete(key);
  }

  /** Drops what an invalidation names. */
  drop(cause: InvalidationCause, name: string): void {
    this.#dropping = cause;
    if (cause === "key") this.lru.delete(name as K);
    else if (cause === "tag") {
      for (const key of this.#tags.keysOf(name)) this.lru.delete(key);
    } else this.lru.clear();
    this.#dropping = null;
  }

  /** The keys that are held now. Entries may come and go while they are read: who went is left out. */
  *keys(): Generator<K> {
    // The cache's own iterator loses its way where the entry that it stands on goes, so it would have to
    // be read in one go, for half a microsecond a key. The iterator of a map takes changes of the map,
    // and what is new comes last.
    let left = this.lru.size;
    for (const key of LRUCache.unsafeExposeInternals(this.lru).keyMap.keys()) {
      if (left-- === 0) return;
      yield key;
    }
  }

  /** Drops those of the keys that `isLost` picks. */
  dropLost(keys: readonly K[], isLost: (key: K) => boolean): void {
    this.#dropping = "topology";
    for (const key of keys) if (isLost(key)) this.lru.delete(key);
    this.#dropping = null;
  }

  /** At least 1, since what has no size would be kept without end; NaN where it can't be told. */
  #bytesOf(key: K, held: Held<V>): number {
    const value = held instanceof Entry ? held.value : held as V;
    if (value === undefined) return 1;
    try {
      const bytes: unknown = this.#sizeOf!(value, key);
      if (typeof bytes !== "number") {
        // Of a promise nobody else would hear that it failed, which ends the process.
        Promise.resolve(bytes).catch(() => {});
        return NaN;
      }
      // The store takes finite sizes alone.
      return Math.min(Number.MAX_VALUE, Math.max(1, Math.ceil(bytes)));
    } catch {
      return NaN;
    }
  }
}
