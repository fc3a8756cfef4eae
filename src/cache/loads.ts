import type { Clock } from "../io/clock.ts";
import type { Loader } from "./value_options.ts";

/** How a loading ended. */
export type LoadOutcome = "found" | "absent" | "failed" | "timed_out";

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

  constructor(options: LoadsOptions) {
    this.#options = options;
  }

  /** The loading that may be joined. */
  get(key: K): Load<V> | undefined {
    return this.#loads.get(key);
  }

  /**
   * Loads a key, in the place of a loading that may not be joined any more. `keep` is called with the
   * value and when its loading began, if nothing outdated it meanwhile.
   */
  start(
    key: K,
    load: Loader<V, K>,
    tags: readonly string[] | null,
    keep: (value: V | undefined, startedAtMs: number) => void,
  ): Promise<V | undefined> {
    const startedAtMs = this.#options.clock.nowMs();
    const begun: Load<V> = { startedAtMs, tags, promise: null, isOutdated: false };
    this.outdate(key);
    this.#loads.set(key, begun);
    const loading = this.#run(key, load, begun, keep);
    begun.promise = loading;
    return loading;
  }

  async #run(
    key: K,
    load: Loader<V, K>,
    begun: Load<V>,
    keep: (value: V | undefined, startedAtMs: number) => void,
  ): Promise<V | undefined> {
    const { clock, onEnd } = this.#options;
    let outcome: LoadOutcome = "failed";
    try {
      const given = load(key);
      const value = await (isPromise(given)
        ? this.#inTime(key, given, () => outcome = "timed_out")
        : given);
      outcome = value === undefined ? "absent" : "found";
      if (!begun.isOutdated) keep(value, begun.startedAtMs);
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
