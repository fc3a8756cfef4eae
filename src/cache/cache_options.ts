import type { ClusterEvent } from "../cluster/event_log.ts";
import { CACHE_NAME_BYTES_MAX } from "../cluster/wire/invalidation_codec.ts";
import { received } from "../metrics/received.ts";

/**
 * What a cache does when a node came, went or came back: drop all, drop the keys whose owner by
 * rendezvous hash changed (about 1/n of them), or nothing.
 */
export type TopologyReaction = "clear" | "rebalance" | "keep";

/** All that there are, to be looked up. */
export const TOPOLOGY_REACTIONS: ReadonlySet<unknown> = new Set<TopologyReaction>([
  "clear",
  "rebalance",
  "keep",
]);

/** What a cache is made of. */
export interface CacheOptions<V, K extends string = string> {
  /**
   * Invalidations reach the caches of this name on all nodes, and it is the label `cache` of the
   * metrics: lower-case letters, digits and underscores.
   */
  readonly name: string;
  /**
   * The most entries, from 1 to 8,388,608; beyond it the least recently used one goes. Room for all of
   * them is taken at once.
   */
  readonly maxEntries: number;
  /** The most bytes that all entries have together, by `sizeOf`. Default: no limit. */
  readonly maxBytes?: number;
  /**
   * The bytes that a value takes. Default: with `maxBytes`, those of a string or a typed array, and
   * for anything else those of its JSON; without, nothing is measured. A value of which it fails, or
   * that has no JSON such as one with a bigint, is not kept and counted as `failed`.
   */
  readonly sizeOf?: (value: V, key: K) => number;
  /**
   * How long an entry may be served, in milliseconds since it was set or its loading began: it knows of
   * nothing that happened later, so what takes longer to load is given to who waits and then loaded
   * anew. Default: for ever.
   */
  readonly ttlMs?: number;
  /**
   * For so many milliseconds after its `ttlMs`, `wrap` serves an entry while it loads it anew.
   * Default: 0.
   */
  readonly staleTtlMs?: number;
  /**
   * How long it is remembered that a key was not found, in milliseconds since it was set or its loading
   * began. Default: 0, which asks again each time.
   */
  readonly absentTtlMs?: number;
  /**
   * How long a loader may take, in milliseconds; who waits for it then gets a `TimeoutError`, and what it
   * gives later is not kept. Default: 60,000. `Infinity` is for ever.
   */
  readonly loadTimeoutMs?: number;
  /**
   * The bound on staleness, in milliseconds: so long after an invalidation that any node makes, no
   * other serves what it had from before. Whoever can't rule out that it missed one treats an entry
   * that is older than this as a miss. Take 5 heartbeats: 100 nodes that reach each other can vouch
   * for what was 2.5 heartbeats ago. Default: none; an invalidation arrives at once, or late where
   * nodes don't reach each other.
   */
  readonly staleMsMax?: number;
  /**
   * What happens when a node came or went; a function is asked each time and answers at once. Where it
   * fails or gives anything else, the cache is cleared and the log says so. Default: `rebalance`.
   */
  readonly onTopology?: TopologyReaction | ((event: ClusterEvent) => TopologyReaction);
  /**
   * With `rsolv.validation`, hits, misses, dropped entries and the size are told as the events
   * `rsolv.validation.cache_hit`, `.cache_miss`, `.cache_invalidated` and `.cache_state` too, from
   * which that plugin's metrics and reports come: two words or more of lower-case letters, digits and
   * underscores. One cache of a node has a name alone: of two, the size would be that of whichever told it
   * last. Default: none.
   */
  readonly events?: string;
}

const NAME = /^[a-z][a-z0-9_]*$/;
/** Platform plugins have a prefix of their own, and events below it: one word alone reaches none. */
const EVENTS = /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$/;
/** V8's maps hold 2^24, those that were deleted among them as long as they are less than half. */
const ENTRIES_MAX = 2 ** 23;

/**
 * Throws where an option is not what it must be.
 *
 * @throws {TypeError} with a sentence that names the cache, the option and the rule.
 */
export function checkCacheOptions<V, K extends string>(options: CacheOptions<V, K>): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(
      "Cannot create a cache: its options must be an object with at least name and maxEntries: " +
        `received ${received(options)}`,
    );
  }
  const { name, maxEntries } = options;
  const refuse: Refuse = (field, rule, value) => {
    const what = typeof name === "string" ? `the cache ${JSON.stringify(name)}` : "a cache";
    throw new TypeError(
      `Cannot create ${what}: ${field} must be ${rule}: received ${received(value)}`,
    );
  };
  if (typeof name !== "string" || !NAME.test(name) || name.length > CACHE_NAME_BYTES_MAX) {
    const rule = `up to ${CACHE_NAME_BYTES_MAX} lower-case letters, digits and underscores`;
    refuse("name", rule, name);
  }
  if (!Number.isInteger(maxEntries) || maxEntries < 1 || maxEntries > ENTRIES_MAX) {
    refuse("maxEntries", `a whole number from 1 to ${ENTRIES_MAX}`, maxEntries);
  }
  const { maxBytes, sizeOf } = options;
  if (maxBytes !== undefined && (!Number.isSafeInteger(maxBytes) || maxBytes < 1)) {
    refuse("maxBytes", "a whole number of at least 1", maxBytes);
  }
  if (sizeOf !== undefined && typeof sizeOf !== "function") {
    refuse("sizeOf", "a function, or left out", sizeOf);
  }
  checkTimes(options, refuse);
  checkReactions(options, refuse);
}

type Refuse = (field: string, rule: string, value: unknown) => never;

function checkTimes<V, K extends string>(options: CacheOptions<V, K>, refuse: Refuse): void {
  // A text of digits compares as a number does, but is added as a text: what it bounds lives for ever.
  for (const field of ["ttlMs", "staleMsMax", "loadTimeoutMs"] as const) {
    const value: unknown = options[field];
    const isRight = value === undefined || (typeof value === "number" && value > 0);
    if (!isRight) refuse(field, "a number above 0, or left out", value);
  }
  for (const field of ["staleTtlMs", "absentTtlMs"] as const) {
    const value: unknown = options[field];
    const isRight = value === undefined || (typeof value === "number" && value >= 0);
    if (!isRight) refuse(field, "a number of at least 0, or left out", value);
  }
}

function checkReactions<V, K extends string>(options: CacheOptions<V, K>, refuse: Refuse): void {
  const { onTopology = "rebalance" } = options;
  const events: unknown = options.events;
  if (typeof onTopology !== "function" && !TOPOLOGY_REACTIONS.has(onTopology)) {
    refuse("onTopology", "clear, rebalance, keep or a function", onTopology);
  }
  if (events !== undefined && !(typeof events === "string" && EVENTS.test(events))) {
    refuse("events", "two lower-case words or more with dots between, as rsolv.validation", events);
  }
}
