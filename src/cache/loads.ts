import type { Clock } from "../io/clock.ts";
import { Load, type Pending, type Wish } from "./load.ts";
import type { Loader } from "./value_options.ts";

/** How a loading ended. */
export type LoadOutcome = "found" | "absent" | "failed" | "timed_out";

/** A value that is being set. */
interface Setting<K> {
  readonly key: K;
  readonly tags: readonly string[];
  isOutdated: boolean;
}

/** What loadings need of their cache. */
export interface LoadsOptions {
  /** For errors. */
  readonly cache: string;
  readonly clock: Clock;
  /** How long one may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Told of each that ended. */
  readonly onEnd: (outcome: LoadOutcome, durationMs: number) => void;
}

/**
 * The loadings under way, one for each key that may be joined. A loading that an invalidation
 * overtakes goes on for those who wait for it, but nobody joins it and its value is not kept.
 */
export class Loads<V, K extends string> {
  readonly #options: LoadsOptions;
  readonly #loads = new Map<K, Load<V>>();
  /** Values that are being set, each while the one before it is measured: mostly none. */
  readonly #settings: Setting<K>[] = [];
  /** How many tags were invalidated. */
  #tagsDropped = 0;

  constructor(options: LoadsOptions) {
    this.#options = options;
  }

  /** The loading that may be joined. */
  get(key: K): Load<V> | undefined {
    return this.#loads.get(key);
  }

  /**
   * Lets another wait for a loading, unless what it says of the value has a tag that was perhaps
   * invalidated since the loading began.
   */
  takesIn(load: Load<V>, wish: Wish<V>): boolean {
    if (load.tagsDropped !== this.#tagsDropped && !load.mayCarryAll(wish.tags)) return false;
    // Who asks while the value is tagged and measured comes too late to add a tag.
    if (load.isGiven) load.isOutdated = true;
    else load.add(wish);
    return true;
  }

  /**
   * Loads a key, in the place of a loading that may not be joined any more. `keep` is called with the
   * value if nothing outdated it meanwhile, and has to look again once it called what is not its own.
   */
  start(
    key: K,
    load: Loader<V, K>,
    wish: Wish<V>,
    keep: (value: V | undefined, load: Load<V>) => void,
  ): Promise<V | undefined> {
    const startedAtMs = this.#options.clock.nowMs();
    // With the tags of the loading before it, those who ask with one or the other may join it.
    const tags = this.#loads.get(key)?.tags ?? [];
    const begun = new Load<V>(startedAtMs, this.#tagsDropped, wish, tags);
    this.#outdateLoad(key);
    this.#loads.set(key, begun);
    const loading = this.#run(key, load, begun, keep);
    begun.promise = loading;
    return loading;
  }

  /** Calls `keep` with a value that is set: what it calls may outdate that. */
  setting(key: K, tags: readonly string[], keep: (value: Pending) => void): void {
    const begun = { key, tags, isOutdated: false };
    this.#settings.push(begun);
    try {
      keep(begun);
    } finally {
      this.#settings.pop();
    }
  }

  async #run(
    key: K,
    load: Loader<V, K>,
    begun: Load<V>,
    keep: (value: V | undefined, load: Load<V>) => void,
  ): Promise<V | undefined> {
    const { clock, onEnd } = this.#options;
    let outcome: LoadOutcome = "failed";
    try {
      const given = load(key);
      const value = await (isPromise(given)
        ? this.#inTime(key, given, () => outcome = "timed_out")
        : given);
      outcome = value === undefined ? "absent" : "found";
      begun.isGiven = true;
      if (!begun.isOutdated) keep(value, begun);
      return value;
    } finally {
      if (this.#loads.get(key) === begun) this.#loads.delete(key);
      onEnd(outcome, clock.nowMs() - begun.startedAtMs);
    }
  }

  /** What a loader gives, unless that takes too long: what it gives then is lost. */
  #inTime(
    key: K,
    given: PromiseLike<V | undefined>,
    onLate: () => void,
  ): Promise<V | undefined> {
    const { cache, clock, timeoutMs } = this.#options;
    // Other libraries' promises may throw, or give one that never settles; adopted, they only reject.
    const adopted = Promise.resolve(given);
    if (timeoutMs === Infinity) return adopted;
    const { promise, resolve, reject } = Promise.withResolvers<V | undefined>();
    const cancel = clock.after(timeoutMs, () => {
      onLate();
      reject(tookTooLong(cache, key, timeoutMs));
    });
    adopted.finally(cancel).then(resolve, reject);
    return promise;
  }

  /** The key was invalidated, set or deleted. */
  outdate(key: K): void {
    for (const setting of this.#settings) if (setting.key === key) setting.isOutdated = true;
    this.#outdateLoad(key);
  }

  /** A tag was invalidated: of some loadings it is not known yet whether they will carry it. */
  outdateTag(tag: string): void {
    this.#tagsDropped++;
    for (const setting of this.#settings) if (setting.tags.includes(tag)) setting.isOutdated = true;
    for (const [key, load] of this.#loads) if (load.mayCarry(tag)) this.#outdateLoad(key);
  }

  /** Everything was invalidated. */
  outdateAll(): void {
    for (const setting of this.#settings) setting.isOutdated = true;
    for (const key of [...this.#loads.keys()]) this.#outdateLoad(key);
  }

  #outdateLoad(key: K): void {
    const load = this.#loads.get(key);
    if (load === undefined) return;
    load.isOutdated = true;
    this.#loads.delete(key);
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

function tookTooLong(cache: string, key: string, timeoutMs: number): DOMException {
  return new DOMException(
    `Cannot load ${JSON.stringify(key)} for the cache "${cache}": its loader must end within ` +
      `${timeoutMs} ms: it has not; give it a deadline of its own, or the cache another loadTimeoutMs`,
    "TimeoutError",
  );
}

function isPromise<V>(given: V | PromiseLike<V>): given is PromiseLike<V> {
  return typeof (given as PromiseLike<V> | undefined)?.then === "function";
}
