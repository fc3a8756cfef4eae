import type { Decision } from "./decision.ts";
import type { FailMode, Scope } from "./limiter_options.ts";
import type { Policy } from "./policy.ts";
import type { TopKey } from "./top_keys.ts";

/** What all limiters have. */
export interface AnyLimiter {
  /** By which metrics and pages know it. */
  readonly name: string;
  /** Who counts together. */
  readonly scope: Scope;
  /** Its limits, with nothing left out. */
  readonly policies: readonly Policy[];
  /** The limiter as it is now, to be looked at. */
  status(): LimiterStatus;
  /** Counts that something failed for a request of a dry run, of which nobody else would hear. */
  countTrialFailure(): void;
}

/** A limiter that decides at once, on this node. */
export interface Limiter extends AnyLimiter {
  /** This node for itself, or for its share. */
  readonly scope: "local" | "split";
  /**
   * Decides whether `key` may consume `cost`, and consumes it if so: of all policies, or of none. A
   * refusal is a decision, never thrown.
   *
   * @param key Who consumes: any text.
   * @param cost How much, a whole number. Default: 1. With 0, nothing but the state is asked.
   * @param nowMs What `nowMs()` of the limiter's clock gave, where the caller has read it anyway. Default:
   * what it gave first in this millisecond of the wall clock, which is cheaper and less than 1 ms late.
   * @throws {TypeError} if `key` is no text.
   * @throws {RangeError} if `cost` is no whole number from 0 to 2^31 - 1, or `nowMs` is no time
   * within ten years of when the limiter was made.
   */
  consume(key: string, cost?: number, nowMs?: number): Decision;
}

/** A limiter whose store decides. */
export interface SharedLimiter extends AnyLimiter {
  /** All nodes together. */
  readonly scope: "shared";
  /**
   * The same as {@linkcode Limiter.consume}, by the store, or after the deadline by what the limiter does
   * without it. Never rejects but for a `key` that is no text, or a `cost` that is no whole number from
   * 0 to 2^31 - 1.
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
  /** By which metrics and pages know it. */
  readonly name: string;
  /** Who counts together. */
  readonly scope: Scope;
  /** Its limits, and this node's part of them. */
  readonly policies: readonly PolicyStatus[];
  /** Cost that this node has admitted since it began. */
  readonly allowed: number;
  /** Cost that it has refused. */
  readonly limited: number;
  /** Keys in memory, some of which may have expired. */
  readonly keys: number;
  /** Bytes that they take. */
  readonly bytes: number;
  /** Keys that were forgotten before they expired. */
  readonly evictions: number;
  /** Requests of dry runs for which `key`, `cost`, `skip` or `onLimited` failed. */
  readonly trialFailures: number;
  /** Of a shared limiter; others have none. */
  readonly store?: StoreStatus;
  /** Keys that were refused most, by hash. */
  readonly topLimited: readonly TopKey[];
}

/** The store of a shared limiter, to be looked at. */
export interface StoreStatus {
  /** Where it is, without secrets. */
  readonly address: string;
  /** Whether it failed several times in a row, and is only tried now and then. */
  readonly isOut: boolean;
  /** What is done without it. */
  readonly fail: FailMode;
  /** How long it may take, in milliseconds. */
  readonly deadlineMs: number;
  /** Answers that did not come, by cause. */
  readonly errors: Readonly<Record<string, number>>;
  /** Decisions that were made without it. */
  readonly withoutStore: number;
}
