import type { ClusterNode } from "../cluster/cluster_node.ts";
import { CLUSTER_EVENT, type ClusterEvent } from "../cluster/event_log.ts";
import type { NodeId } from "../cluster/identity.ts";
import type { Invalidation } from "../cluster/invalidation.ts";
import { InvalidationPush, type InvalidationReach } from "../cluster/invalidation_push.ts";
import { Rendezvous } from "../cluster/rendezvous.ts";
import { errorText } from "../io/error_text.ts";
import type { LogSink } from "../io/log.ts";
import type { Bus } from "../telemetry/bus.ts";
import { Cache } from "./cache.ts";
import type { CacheHost } from "./cache_host.ts";
import { type CacheOptions, TOPOLOGY_REACTIONS, type TopologyReaction } from "./cache_options.ts";
import type { CacheStatus } from "./cache_status.ts";

/** Caches of a node at most: each costs a few series in the metrics. */
const CACHES_MAX = 1_000;
/** The events after which other nodes may own a key, or may have missed something. */
const TOPOLOGY_KINDS: ReadonlySet<unknown> = new Set<ClusterEvent["kind"]>([
  "up",
  "down",
  "left",
  "replaced",
  "recovered",
]);

/** What the caches of a node work with. */
export interface CachesOptions {
  readonly node: ClusterNode;
  readonly bus: Bus;
  readonly log: LogSink;
  /** For a peer to confirm an invalidation. */
  readonly timeoutMs: number;
}

/** What this node knows of another's invalidations. */
export interface LogPosition {
  /** The node's name; empty where it is not known. */
  readonly node: NodeId;
  readonly incarnation: string;
  /** Invalidations of it that have arrived. */
  readonly position: number;
  /** Milliseconds since it is known to have had no more; null for never. */
  readonly ageMs: number | null;
  /** Whether it is gone for certain, and need not be heard. */
  readonly isEnded: boolean;
}

/** The caches of a node, to be looked at. */
export interface CachesStatus {
  readonly caches: readonly CacheStatus[];
  readonly invalidations: {
    /** Invalidations that this node has told of. */
    readonly position: number;
    /** Milliseconds since all of any node's had arrived; null where that is not known. */
    readonly vouchedAgeMs: number | null;
    readonly logs: readonly LogPosition[];
  };
  /** Who owns keys, by rendezvous hash. */
  readonly owners: readonly NodeId[];
}

/** All caches of a node: tells them what other nodes invalidate, and that nodes came or went. */
export class Caches {
  readonly #options: CachesOptions;
  readonly #push: InvalidationPush;
  // deno-lint-ignore no-explicit-any -- caches of all kinds of values, told the same.
  readonly #caches = new Map<string, Cache<any, any>>();
  readonly #host: CacheHost;
  readonly #detach: () => void;
  #owners: Rendezvous;

  constructor(options: CachesOptions) {
    const { node, bus, timeoutMs } = options;
    this.#options = options;
    this.#push = new InvalidationPush(node, timeoutMs);
    this.#owners = new Rendezvous(this.#ownersNow());
    this.#host = {
      clock: node.clock,
      bus,
      vouch: node.invalidations,
      tell: (entry) => this.#tell(entry),
      ownerOf: (key) => this.#owners.ownerOf(key),
      remove: (cache) => {
        // The name may be another cache's by now.
        if (this.#caches.get(cache.name) === cache) this.#caches.delete(cache.name);
      },
    };
    node.invalidations.listener = {
      onInvalidation: ({ kind, cache, name }) => this.#caches.get(cache)?.drop(kind, name),
      onMissed: () => {
        for (const cache of this.#caches.values()) cache.drop("missed");
      },
    };
    this.#detach = bus.attach(CLUSTER_EVENT, (_name, _measurements, event) => {
      if (TOPOLOGY_KINDS.has(event.kind)) this.#onTopology(event as unknown as ClusterEvent);
    });
  }

  /**
   * Makes a cache.
   *
   * @throws {TypeError} if an option is wrong, or `name` or `events` is that of another cache.
   * @throws {RangeError} at 1,000 caches.
   */
  create<V, K extends string = string>(options: CacheOptions<V, K>): Cache<V, K> {
    const cache = new Cache<V, K>(options, this.#host);
    this.#checkRoom(cache.options);
    this.#caches.set(cache.name, cache);
    this.#options.node.invalidations.activate();
    return cache;
  }

  /** Tells the bus what happened to each cache since the last time. */
  tell(): void {
    for (const cache of this.#caches.values()) cache.tell();
  }

  /** The caches and logs as they are now. */
  status(): CachesStatus {
    const { node } = this.#options;
    const { invalidations, state: { roster } } = node;
    const { vouchedAtMs, position } = invalidations;
    const vouchedAgeMs = vouchedAtMs === -Infinity
      ? null
      : Math.max(0, Math.round(node.clock.nowMs() - vouchedAtMs));
    const logs = invalidations.statuses().map((log) => ({
      node: roster.member(log.incarnation)?.identity.node ?? "",
      ...log,
    }));
    return {
      caches: Array.from(this.#caches.values(), (cache) => cache.status()),
      invalidations: { position, vouchedAgeMs, logs },
      owners: this.#owners.nodes,
    };
  }

  /** Ends all caches, and waits for what is being told. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#detach();
    for (const cache of [...this.#caches.values()]) cache[Symbol.dispose]();
    await this.#push.stop();
  }

  #tell(entry: Invalidation): Promise<InvalidationReach> {
    // A cache that was disposed of may still tell what its successor has to obey.
    this.#caches.get(entry.cache)?.drop(entry.kind, entry.name);
    this.#options.node.invalidations.add(entry);
    return this.#push.push();
  }

  #checkRoom({ name, events }: Pick<CacheOptions<unknown>, "name" | "events">): void {
    const refuse = (problem: string) => `Cannot create the cache "${name}": ${problem}`;
    if (this.#caches.has(name)) {
      throw new TypeError(refuse(
        "name must be one that no other cache of this node has: dispose of the other one, or share it",
      ));
    }
    if (this.#caches.size >= CACHES_MAX) {
      throw new RangeError(refuse(
        `caches must be at most ${CACHES_MAX}: put the kinds of keys that come without end into ` +
          `keys, not into names`,
      ));
    }
    if (events === undefined) return;
    for (const other of this.#caches.values()) {
      if (other.options.events !== events) continue;
      throw new TypeError(refuse(
        `events must be a name that no other cache of this node has: received "${events}", which ` +
          `the cache "${other.name}" has: their sizes would take turns`,
      ));
    }
  }

  #ownersNow(): NodeId[] {
    return this.#options.node.state.roster.members
      .filter(({ status }) => status === "up" || status === "suspect")
      .map(({ identity }) => identity.node);
  }

  #onTopology(event: ClusterEvent): void {
    const before = this.#owners;
    const now = this.#ownersNow();
    this.#owners = new Rendezvous(now);
    const after = this.#owners;
    const isSame = before.nodes.join() === after.nodes.join();
    for (const cache of this.#caches.values()) {
      const reaction = this.#reactionOf(cache, event);
      if (reaction === "clear") cache.drop("topology");
      else if (reaction === "rebalance" && !isSame) {
        cache.rebalance((key) => before.ownerOf(key) !== after.ownerOf(key));
      }
    }
  }

  #reactionOf<V, K extends string>(cache: Cache<V, K>, event: ClusterEvent): TopologyReaction {
    const { onTopology = "rebalance" } = cache.options;
    if (typeof onTopology === "string") return onTopology;
    let reason: string;
    try {
      const reaction: unknown = onTopology(event);
      if (TOPOLOGY_REACTIONS.has(reaction)) return reaction as TopologyReaction;
      // An async function passes as one that answers; its rejection would end the process.
      if (reaction instanceof Promise) reaction.catch(() => {});
      reason = `it must give clear, rebalance or keep: received ${shown(reaction)}`;
    } catch (error) {
      reason = errorText(error);
    }
    const sentence = `onTopology of the cache "${cache.name}" failed, so the cache was cleared.`;
    this.#options.log.log("error", sentence, { cache: cache.name, error: reason });
    return "clear";
  }
}

function shown(reaction: unknown): string {
  if (reaction instanceof Promise) return "a promise";
  return typeof reaction === "string" ? JSON.stringify(reaction) : typeof reaction;
}
