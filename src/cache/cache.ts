import type { InvalidationReach } from "../cluster/invalidation_push.ts";
import type { Measurements } from "../telemetry/bus.ts";
import { CACHE_EVENTS, CacheCounts, type InvalidationCause } from "./cache_counts.ts";
import type { CacheHost } from "./cache_host.ts";
import { type CacheOptions, checkCacheOptions } from "./cache_options.ts";
import { type CacheStatus, cacheStatus } from "./cache_status.ts";
import { Entry, type Freshness, type Held, heldOf } from "./entry.ts";
import { FreshnessRule } from "./freshness_rule.ts";
import { checkTags, checkText } from "./key_text.ts";
import { EntryStore } from "./entry_store.ts";
import type { Pending } from "./load.ts";
import { Loads, waitsForItself } from "./loads.ts";
import { Turns } from "./turns.ts";
import {
  checkLoader,
  type Loader,
  type Lookup,
  saidOf,
  type SetOptions,
  type WrapOptions,
} from "./value_options.ts";

const NO_TAGS: readonly string[] = [];
const LOAD_TIMEOUT_MS = 60_000;
/** Keys whose owners are looked up in one go, which takes a millisecond or two. */
const KEYS_A_TURN = 1_000;

/** A cache that the cluster keeps honest; see `Muster.createCache`. */
export class Cache<V, K extends string = string> implements Disposable {
  /** By which the caches of all nodes know each other. */
  readonly name: string;
  /** What it was made with. */
  readonly options: CacheOptions<V, K>;
  readonly #host: CacheHost;
  readonly #clock: CacheHost["clock"];
  readonly #store: EntryStore<V, K>;
  /** The store's own, so that a hit takes one step less. */
  readonly #lru: EntryStore<V, K>["lru"];
  readonly #loads: Loads<V, K>;
  readonly #counts = new CacheCounts();
  readonly #rule: FreshnessRule;
  readonly #isBounded: boolean;
  /** Whether all that was ever kept are bare values. */
  #isBare: boolean;
  #isDisposed = false;
  readonly #turns: Turns;

  /** Made by `Muster.createCache` and `createCache`. */
  constructor(options: CacheOptions<V, K>, host: CacheHost) {
    checkCacheOptions(options);
    this.name = options.name;
    this.options = { ...options };
    this.#host = host;
    this.#clock = host.clock;
    this.#turns = new Turns(host.clock);
    this.#loads = new Loads({
      cache: this.name,
      clock: host.clock,
      timeoutMs: options.loadTimeoutMs ?? LOAD_TIMEOUT_MS,
      onEnd: (outcome, duration_ms) => {
        host.bus.emit(CACHE_EVENTS.load, { duration_ms }, { cache: this.name, outcome });
      },
    });
    this.#rule = new FreshnessRule(options, host.clock, host.vouch);
    this.#isBounded = this.#rule.isBounded;
    this.#isBare = !this.#isBounded;
    this.#store = new EntryStore(this.options, this.#counts);
    this.#lru = this.#store.lru;
  }

  /** Entries that are held, those whose time has passed and that nobody asked for since among them. */
  get size(): number {
    return this.#lru.size;
  }

  /** Bytes that they take; null where that is not measured. */
  get bytes(): number | null {
    return this.#store.bytes;
  }

  /** The value of a key; undefined where there is none that may be served, or none at all. */
  get(key: K): V | undefined {
    // Before the entry is looked for: what waits for memory then need not wait for the clock too.
    const nowMs = this.#isBounded ? this.#clock.nowMs() : 0;
    const held = this.#lru.get(key);
    if (held === undefined) {
      this.#counts.missing++;
      return undefined;
    }
    if (this.#isBare || !(held instanceof Entry)) {
      this.#counts.fresh++;
      return held as V;
    }
    if (this.#isBounded && held.isLasting && this.#rule.vouchesForAll(nowMs)) {
      this.#counts.fresh++;
      return held.value;
    }
    const freshness = this.#rule.freshnessOf(held, this.#isBounded ? nowMs : undefined);
    if (freshness === "fresh") return this.#hit(held);
    this.#miss(key, freshness);
    return undefined;
  }

  /** As `get`, but tells a key that is known to have no value from one of which nothing is known. */
  lookup(key: K): Lookup<V> {
    const value = this.get(key);
    if (value !== undefined) return { kind: "found", value };
    const held = this.#lru.peek(key);
    const isAbsent = held instanceof Entry && held.isAbsent &&
      this.#rule.freshnessOf(held) === "fresh";
    return isAbsent ? { kind: "absent" } : { kind: "missing" };
  }

  /**
   * Keeps a value on this node alone, as what is true now. A value that was read from somewhere is
   * better brought in by `wrap`, which keeps nothing that was invalidated while it was read. What is too
   * large, or can't be measured, is not kept, nor what was there before it, and is counted. Undefined is
   * that there is no value: see `setAbsent`.
   *
   * @throws {TypeError} if the key or a tag is no string, longer than 1,365 characters, or not
   *   well-formed, `ttlMs` is no number of at least 0, or the options are no object.
   */
  set(key: K, value: V, options: SetOptions = {}): void {
    const { ttlMs, tags } = saidOf(this.name, options, this.options.ttlMs);
    this.#put(key, value, ttlMs, tags);
  }

  /**
   * Remembers for `absentTtlMs` that a key has no value.
   *
   * @throws {TypeError} as `set` does.
   */
  setAbsent(key: K, options: Pick<SetOptions, "tags"> = {}): void {
    const { tags } = saidOf(this.name, options);
    this.#put(key, undefined, 0, tags);
  }

  /** Forgets a key on this node alone; whether it was there. */
  delete(key: K): boolean {
    this.#loads.outdate(key);
    return this.#lru.delete(key);
  }

  /**
   * The value of a key, or what `load` gives: all who ask meanwhile wait for the same loading, and
   * undefined is remembered for `absentTtlMs`. Within `staleTtlMs` after its time the old value is
   * given at once, and loaded anew behind it. A value whose key or tag was invalidated while it was
   * loaded is given to those who wait and not kept, as is one of which `sizeOf` or the function `tags`
   * fails, which is counted. It carries the tags that any of those who wait gave, and lasts for the
   * shortest of their times. What `load` throws is given to all of them.
   *
   * A loader must not wait for the key that it loads, nor for one whose loader waits for it. Where it asks
   * before its first `await` it gets a TypeError; later, it waits until `loadTimeoutMs` is over, when all
   * who wait for a loading get a `TimeoutError` and the next one to ask has the key loaded anew.
   *
   * @throws {TypeError} (rejects) as `set` does, and if `load` is no function, where the key has to be
   *   loaded.
   */
  async wrap(
    key: K,
    load: Loader<V, K>,
    options: WrapOptions<V> = {},
  ): Promise<V | undefined> {
    const held = this.#lru.get(key);
    if (held === undefined) this.#counts.missing++;
    else {
      const freshness = this.#rule.freshnessOf(held);
      if (freshness === "fresh") return this.#hit(held);
      if (freshness === "stale") {
        this.#counts.stale++;
        // Its failure is counted, and whoever comes after the stale time meets it.
        this.#join(key, load, options).catch(() => {});
        return valueOf(held);
      }
      this.#miss(key, freshness);
    }
    return await this.#join(key, load, options);
  }

  /**
   * Drops a key on every node. Resolves when each has confirmed or has failed to; never rejects. Before
   * the first word of discovery it waits for that, as long as it would for an answer. A node keeps its
   * newest 8,192 invalidations (524,288 characters): who lacks older ones clears all caches, and confirms
   * that. A tag, or `clear`, is one invalidation.
   *
   * @throws {TypeError} at once, if the key is none that `set` would take.
   */
  invalidate(key: K): Promise<InvalidationReach> {
    checkText(this.name, "key", key);
    this.#counts.invalidations.key++;
    this.drop("key", key);
    return this.#host.tell({ kind: "key", cache: this.name, name: key });
  }

  /** Drops all that carry a tag, on every node; see `invalidate`, which also says what it throws. */
  invalidateTag(tag: string): Promise<InvalidationReach> {
    checkText(this.name, "tag", tag);
    this.#counts.invalidations.tag++;
    this.drop("tag", tag);
    return this.#host.tell({ kind: "tag", cache: this.name, name: tag });
  }

  /** Drops everything, on every node; see `invalidate`. */
  clear(): Promise<InvalidationReach> {
    this.#counts.invalidations.clear++;
    this.drop("clear");
    return this.#host.tell({ kind: "clear", cache: this.name, name: "" });
  }

  /**
   * The node that owns a key by rendezvous hash, among those that are up: where it is best cached.
   *
   * @throws {TypeError} if the key is none that `set` would take.
   */
  ownerOf(key: K): string | undefined {
    checkText(this.name, "key", key);
    return this.#host.ownerOf(key);
  }

  /** Drops on this node alone what an invalidation names, and lets no loading under way be kept. */
  drop(cause: InvalidationCause, name: string = ""): void {
    if (cause === "key") this.#loads.outdate(name as K);
    else if (cause === "tag") this.#loads.outdateTag(name);
    else this.#loads.outdateAll();
    if (cause === "missed" || cause === "topology") this.#counts.invalidations[cause]++;
    this.#store.drop(cause, name);
  }

  /**
   * Drops on this node alone the keys that `isLost` picks, since nodes came or went: some at once and
   * the rest in turns, so that many entries don't hold up everything else.
   */
  rebalance(isLost: (key: K) => boolean): void {
    this.#counts.invalidations.topology++;
    this.#turns.take(this.#store.keys(), KEYS_A_TURN, (keys) => {
      this.#store.dropLost(keys, isLost);
    });
  }

  /** Tells the bus what happened since the last time, and how large the cache is. */
  tell(): void {
    const { size: entries, bytes } = this;
    const size: Measurements = bytes === null ? { entries } : { entries, bytes };
    this.#counts.tell(this.#host.bus, this.name, size, this.options.events);
  }

  /** The cache in numbers. */
  status(): CacheStatus {
    const { size: entries, bytes } = this;
    const now = { entries, bytes, loading: this.#loads.size, tags: this.#store.tagCount };
    return cacheStatus(this.options, this.#counts, now);
  }

  /**
   * Drops everything on this node, and tells so. It hears no more invalidations, so it keeps nothing any
   * more. Loaders that are under way, and those that `wrap` is given after that, go on for who waits, and
   * keep their deadline: its timer may outlast the cache by `loadTimeoutMs`. What is disposed of already
   * stays so.
   */
  [Symbol.dispose](): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#turns.stop();
    this.#loads.outdateAll();
    this.#lru.clear();
    this.tell();
    this.#host.remove(this);
  }

  #hit(held: Held<V>): V | undefined {
    if (held instanceof Entry && held.isAbsent) this.#counts.absent++;
    else this.#counts.fresh++;
    return valueOf(held);
  }

  #miss(key: K, freshness: Exclude<Freshness, "fresh">): void {
    if (freshness === "unvouched") this.#counts.unvouched++;
    else {
      this.#counts.expired++;
      if (freshness === "expired") this.#lru.delete(key);
    }
  }

  #join(
    key: K,
    load: Loader<V, K>,
    options: WrapOptions<V>,
  ): Promise<V | undefined> {
    checkText(this.name, "key", key);
    checkLoader(this.name, key, load);
    const wish = saidOf(this.name, options, this.options.ttlMs);
    if (typeof wish.tags !== "function") checkTags(this.name, wish.tags);
    const nowMs = this.#clock.nowMs();
    const underWay = this.#loads.get(key);
    // One that began too long ago may not know of what was invalidated since.
    if (underWay !== undefined && this.#rule.isVouched(underWay.startedAtMs, nowMs)) {
      const { promise } = underWay;
      if (promise === null) return Promise.reject(waitsForItself(this.name, key));
      if (this.#loads.takesIn(underWay, wish)) return promise;
    }
    return this.#loads.start(key, load, wish, (value, loaded) => {
      try {
        const all = loaded.tagsOf(this.name, value);
        if (!loaded.isOutdated) {
          this.#keep(key, value, loaded.startedAtMs, loaded.ttlMs, all, loaded);
        }
      } catch {
        // Its tags could not be told. It was loaded all the same.
        this.#store.refuse(key);
      }
    });
  }

  #put(key: K, value: V | undefined, ttlMs: number, tags: readonly string[]): void {
    checkText(this.name, "key", key);
    checkTags(this.name, tags);
    const own = tags.length === 0 ? NO_TAGS : [...tags];
    this.#loads.outdate(key);
    this.#loads.setting(key, own, (pending) => this.#keep(key, value, null, ttlMs, own, pending));
  }

  /** `sinceMs` is null for now. */
  #keep(
    key: K,
    value: V | undefined,
    sinceMs: number | null,
    valueTtlMs: number,
    tags: readonly string[],
    pending: Pending,
  ): void {
    if (this.#isDisposed) return;
    const isAbsent = value === undefined;
    const ttlMs = isAbsent ? this.options.absentTtlMs ?? 0 : valueTtlMs;
    if (isAbsent && ttlMs === 0) {
      // What was there is there no more.
      this.#lru.delete(key);
      return;
    }
    const { isBounded } = this.#rule;
    const since = sinceMs ?? this.#rule.sinceMs(ttlMs);
    const held = heldOf(value, { sinceMs: since, ttlMs, tags, isBounded });
    if (held instanceof Entry) this.#isBare = false;
    this.#store.keep(key, held, pending);
  }
}

function valueOf<V>(held: Held<V>): V | undefined {
  return held instanceof Entry ? held.value : held as V;
}
