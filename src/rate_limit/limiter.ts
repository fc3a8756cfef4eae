import type { Decision } from "./decision.ts";
import type { Scope } from "./limiter_options.ts";
import type { Policy } from "./policy.ts";
import type { TopKey } from "./top_keys.ts";

/** What all limiters have. */
export interface AnyLimiter {
  readonly name: string;
  readonly scope: Scope;
  readonly policies: readonly Policy[];
  /** The limiter as it is now, to be looked at. */
  status(): LimiterStatus;
}

/** A limiter that decides at once, on this node. */
export interface Limiter extends AnyLimiter {
  readonly scope: "local" | "split";
  /**
   * Decides whether `key` may consume `cost`, and consumes it if so: of all policies, or of none. A
   * refusal is a decision, never thrown.
   *
   * @param key Who consumes: any text.
   * @param cost How much, a whole number. Default: 1. With 0, nothing but the state is asked.
   * @param nowMs What `nowMs()` of the limiter's clock gave, where the caller has read it anyway.
   * @throws {RangeError} if `cost` is no whole number from 0 to 2^31 - 1, or `nowMs` is no time.
   */
  consume(key: string, cost?: number, nowMs?: number): Decision;
}

/** A limiter whose store decides. */
export interface SharedLimiter extends AnyLimiter {
  readonly scope: "shared";
  /**
   * The same as {@linkcode Limiter.consume}, by the store, or after the deadline by what the limiter does
   * without it. Never rejects but for a `cost` that is no whole number from 0 to 2^31 - 1.
   */
  consume(key: string, cost?: number): Promise<Decision>;
}

/** A policy of a limiter, to be looked at. */
export interface PolicyStatus extends Policy {
  /** What this node may admit of the limit. */
  readonly share: number;
  /** Why it is so much. */
  readonly why: string;
}

/** A limiter, to be looked at. */
export interface LimiterStatus {
  readonly name: string;
  readonly scope: Scope;
  readonly policies: readonly PolicyStatus[];
  /** Cost that this node has admitted and refused since it began. */
  readonly allowed: number;
  readonly limited: number;
  /** Keys in memory, the bytes that they take, and keys that were forgotten before their time. */
  readonly keys: number;
  readonly bytes: number;
  readonly evictions: number;
  /** Of a shared limiter. */
  readonly store?: StoreStatus;
  /** Keys that were refused most, by hash. */
  readonly topLimited: readonly TopKey[];
}

/** The store of a shared limiter, to be looked at. */
export interface StoreStatus {
  readonly address: string;
  readonly isOut: boolean;
  readonly fail: string;
  readonly deadlineMs: number;
  /** Answers that did not come, by cause. */
  readonly errors: Readonly<Record<string, number>>;
  /** Decisions that were made without it. */
  readonly withoutStore: number;
}
