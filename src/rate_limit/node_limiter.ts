import type { Clock } from "../io/clock.ts";
import { received } from "../metrics/received.ts";
import type { Decision } from "./decision.ts";
import { DecisionClock } from "./decision_clock.ts";
import type { KeyHash } from "./key_hash.ts";
import type { Limiter, LimiterStatus, PolicyStatus } from "./limiter.ts";
import type { LimiterPlan } from "./limiter_options.ts";
import { type LimiterBus, LimiterTally, TIMED_ONE_IN } from "./limiter_tally.ts";
import type { Policy } from "./policy.ts";
import { QuotaBook } from "./quota_book.ts";
import type { SplitBook } from "./split_book.ts";
import { TopKeys } from "./top_keys.ts";

/** What a limiter needs of the node that it is on. */
export interface LimiterHost extends LimiterBus {
  readonly clock: Clock;
  /** For fingerprints of keys. */
  readonly hash: KeyHash;
  /** For keys that are shown. */
  readonly shownHash: (key: string) => string;
}

/** Ten years: of longer times the arithmetic is not exact, and far beyond it admits everything. */
const AGE_MS_MAX = 10 * 366 * 86_400_000;
/** Keys of each limiter that are shown. */
const TOP_SHOWN = 10;

/** A limiter that decides on this node alone: for all of its limits, or for a share of them. */
export class NodeLimiter implements Limiter {
  readonly name: string;
  readonly scope: "local" | "split";
  readonly policies: readonly Policy[];
  readonly tally: LimiterTally;
  readonly top: TopKeys = new TopKeys();
  readonly #host: LimiterHost;
  readonly #clock: Clock;
  /** Of decisions that are given no time. */
  readonly #decisionClock: DecisionClock;
  readonly #hash: KeyHash;
  readonly #book: QuotaBook;
  readonly #split: SplitBook | null;
  readonly #beganMs: number;
  #decisions = 0;
  #toldEvictions = 0;

  constructor(plan: LimiterPlan, host: LimiterHost, split: SplitBook | null) {
    const { name, policies, keysMax } = plan;
    this.name = name;
    this.scope = split === null ? "local" : "split";
    this.policies = policies;
    this.#host = host;
    this.#clock = host.clock;
    this.#decisionClock = new DecisionClock(host.clock);
    this.#hash = host.hash;
    this.#split = split;
    this.#book = split?.book ?? new QuotaBook({ policies, keysMax, hash: host.hash });
    this.#beganMs = split?.beganMs ?? host.clock.nowMs();
    this.tally = new LimiterTally(host, { limit: name, scope: this.scope }, policies[0]!.windowMs);
  }

  consume(key: string, cost: number = 1, nowMs: number = this.#decisionClock.nowMs()): Decision {
    if (typeof key !== "string") throw wrongKey(this.name, key);
    // Arithmetic takes some things for numbers, and throws errors of its own for others.
    if (typeof cost !== "number" || (cost | 0) !== cost || cost < 0) {
      throw wrongCost(this.name, cost);
    }
    if (typeof nowMs !== "number") throw wrongTime(this.name, nowMs);
    const ms = nowMs - this.#beganMs;
    // Neither is what is no number.
    if (!(Math.abs(ms) <= AGE_MS_MAX)) throw wrongTime(this.name, nowMs);
    this.#split?.check(nowMs);
    const decision = this.#book.consume(key, cost, ms);
    this.tally.count(decision.allowed, cost, nowMs);
    if (!decision.allowed) this.top.add(key, this.#hash.lo, this.#hash.hi, cost);
    if (++this.#decisions % TIMED_ONE_IN === 0) this.#time(key);
    return decision;
  }

  tell(nowMs: number): void {
    this.tally.tell(nowMs);
    this.#book.advance(nowMs - this.#beganMs);
    const { table } = this.#book;
    table.sweep();
    const { size: keys, evictions } = table;
    this.tally.emit("muster.rate_limiter.state", {
      keys,
      evictions: evictions - this.#toldEvictions,
    });
    this.#toldEvictions = evictions;
    this.#split?.tell(this.tally);
  }

  countTrialFailure(): void {
    this.tally.trialFailures++;
  }

  status(): LimiterStatus {
    const { allowed, limited, trialFailures } = this.tally;
    const { size: keys, bytes, evictions } = this.#book.table;
    const policies = this.#split?.statuses(this.#clock.nowMs()) ?? this.policies.map(whole);
    const topLimited = this.top.list(TOP_SHOWN, this.#host.shownHash);
    const { name, scope } = this;
    const counts = { allowed, limited, keys, bytes, evictions, trialFailures };
    return { name, scope, policies, ...counts, topLimited };
  }

  /** Times a decision that consumes nothing. */
  #time(key: string): void {
    const startMs = this.#clock.nowMs();
    this.#book.consume(key, 0, startMs - this.#beganMs);
    this.tally.time(this.#clock.nowMs() - startMs);
  }
}

function whole(policy: Policy): PolicyStatus {
  return { ...policy, share: policy.limit, why: "each node has the whole limit for itself" };
}

/** What is thrown for a key that is no text: others' keys would be hashed as the same one. */
export function wrongKey(of: string, key: unknown): TypeError {
  const kind = key === null ? "null" : key instanceof Promise ? "a promise" : typeof key;
  return new TypeError(
    `Cannot consume of the limiter "${of}": key must be text: received ${kind}: make text of what ` +
      `tells who consumes, as String(id) does`,
  );
}

/** What is thrown for a cost that is none. */
export function wrongCost(of: string, cost: unknown): RangeError {
  return new RangeError(
    `Cannot consume of the limiter "${of}": cost must be a whole number from 0 to 2^31 - 1: ` +
      `received ${received(cost)}`,
  );
}

function wrongTime(of: string, nowMs: unknown): RangeError {
  return new RangeError(
    `Cannot consume of the limiter "${of}": nowMs must be milliseconds of its clock, within ten ` +
      `years of when it was made: received ${received(nowMs)}: leave it out, and it is read`,
  );
}
