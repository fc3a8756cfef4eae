import type { ClusterNode } from "../cluster/cluster_node.ts";
import { CLUSTER_EVENT } from "../cluster/event_log.ts";
import type { LogSink } from "../io/log.ts";
import type { Random } from "../io/random.ts";
import type { Bus } from "../telemetry/bus.ts";
import { KeyHash } from "./key_hash.ts";
import type { AnyLimiter, Limiter, LimiterStatus, SharedLimiter } from "./limiter.ts";
import {
  checkedPlan,
  type LimiterOptions,
  type LimiterPlan,
  type NodeLimiterOptions,
  type SharedLimiterOptions,
} from "./limiter_options.ts";
import { type LimiterHost, NodeLimiter } from "./node_limiter.ts";
import { SharedStoreLimiter } from "./shared_limiter.ts";
import { ALONE, type Standing, standingOf } from "./share.ts";
import { SplitBook } from "./split_book.ts";
import type { TopKey } from "./top_keys.ts";

/** Limiters of a node at most: each costs a few series in the metrics. */
const LIMITERS_MAX = 1_000;
/** Heartbeats in which every node has learned that one came. */
const SETTLE_HEARTBEATS = 5;
/** Heartbeats without a word of this node's own standing after which it stood still. */
const STALE_HEARTBEATS = 4;

/** What the limiters of a node work with. */
export interface LimitersOptions {
  readonly node: ClusterNode;
  readonly bus: Bus;
  readonly log: LogSink;
  readonly random: Random;
  readonly heartbeatMs: number;
  /** Whether no other node can ever be found. */
  readonly isAlone: boolean;
  /** Of the platform's events. */
  readonly prefix: string;
  /** For keys that are shown. */
  readonly shownHash: (key: string) => string;
}

/** The limiters of a node, to be looked at. */
export interface LimitersStatus {
  readonly self: string;
  /** Nodes among which split limits are divided, and this node's place among them. */
  readonly nodes: number;
  readonly rank: number;
  readonly limiters: readonly LimiterStatus[];
}

/** A key that a limiter refused often. */
export interface LimitedKey extends TopKey {
  /** The limiter's name. */
  readonly limit: string;
}

interface Told extends AnyLimiter {
  tell(nowMs: number): void;
}

/** All limiters of a node: keeps their shares, and tells what they decide. */
export class Limiters implements Disposable {
  readonly #options: LimitersOptions;
  readonly #host: LimiterHost;
  readonly #limiters = new Map<string, Told>();
  readonly #splits: SplitBook[] = [];
  readonly #detach: () => void;

  constructor(options: LimitersOptions) {
    const { node, bus, prefix, random, shownHash } = options;
    this.#options = options;
    this.#host = { clock: node.clock, bus, prefix, shownHash, hash: KeyHash.random(random) };
    this.#detach = bus.attach(CLUSTER_EVENT, () => this.#observe());
  }

  /**
   * Makes a limiter.
   *
   * @throws {TypeError} if an option is wrong or the name is in use.
   * @throws {RangeError} at 1,000 limiters.
   */
  create(options: NodeLimiterOptions): Limiter;
  create(options: SharedLimiterOptions): SharedLimiter;
  create(options: LimiterOptions): Limiter | SharedLimiter;
  create(options: LimiterOptions): Limiter | SharedLimiter {
    const plan = checkedPlan(options);
    this.#checkRoom(plan.name);
    const limiter = options.scope === "shared"
      ? this.#createShared(plan, options)
      : new NodeLimiter(plan, this.#host, options.scope === "split" ? this.#split(plan) : null);
    this.#limiters.set(plan.name, limiter);
    return limiter;
  }

  /** Tells the bus what was decided, and shares what standing this node has. Once a round and scrape. */
  tell(): void {
    this.#observe();
    const nowMs = this.#host.clock.nowMs();
    for (const limiter of this.#limiters.values()) limiter.tell(nowMs);
  }

  /** The limiters as they are now. */
  status(): LimitersStatus {
    return {
      self: this.#options.node.state.self.node,
      ...this.#standing(),
      limiters: Array.from(this.#limiters.values(), (limiter) => limiter.status()),
    };
  }

  /** The keys that each limiter refused most, by hash. */
  topLimited(): readonly LimitedKey[] {
    return Array.from(this.#limiters.values(), (limiter) => limiter.status()).flatMap(
      ({ name: limit, topLimited }) => topLimited.map((key) => ({ limit, ...key })),
    );
  }

  [Symbol.dispose](): void {
    this.#detach();
  }

  #createShared(plan: LimiterPlan, { store }: SharedLimiterOptions): SharedStoreLimiter {
    const host = { ...this.#host, log: this.#options.log, store };
    return new SharedStoreLimiter(plan, host, plan.fail === "split" ? this.#split(plan) : null);
  }

  #split(plan: LimiterPlan): SplitBook {
    const { heartbeatMs, isAlone } = this.#options;
    const { clock, hash } = this.#host;
    const nowMs = clock.nowMs();
    const split = new SplitBook({
      plan,
      hash,
      nowMs,
      isAlone,
      settleMs: SETTLE_HEARTBEATS * heartbeatMs,
      staleMs: STALE_HEARTBEATS * heartbeatMs,
    });
    split.observe(this.#standing(), nowMs);
    this.#splits.push(split);
    return split;
  }

  #observe(): void {
    if (this.#splits.length === 0) return;
    const standing = this.#standing();
    const nowMs = this.#host.clock.nowMs();
    for (const split of this.#splits) split.observe(standing, nowMs);
  }

  #standing(): Standing {
    return this.#options.isAlone ? ALONE : standingOf(this.#options.node);
  }

  #checkRoom(name: string): void {
    if (this.#limiters.has(name)) {
      throw new TypeError(
        `Cannot make the limiter "${name}": name must be one that no other limiter of this node has: ` +
          `share the other one`,
      );
    }
    if (this.#limiters.size < LIMITERS_MAX) return;
    throw new RangeError(
      `Cannot make the limiter "${name}": limiters must be at most ${LIMITERS_MAX}: put what comes ` +
        `without end into keys, not into names`,
    );
  }
}
