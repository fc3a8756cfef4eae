import type { DecidedBy, Decision } from "./decision.ts";
import type { PolicyStatus } from "./limiter.ts";
import type { LimiterPlan } from "./limiter_options.ts";
import type { LimiterTally } from "./limiter_tally.ts";
import type { KeyHash } from "./key_hash.ts";
import type { Policy } from "./policy.ts";
import { QuotaBook } from "./quota_book.ts";
import { HeldPart, partOf, type Standing } from "./share.ts";

/** How a book shares. */
export interface SplitOptions {
  readonly plan: LimiterPlan;
  readonly hash: KeyHash;
  readonly nowMs: number;
  /** Whether nobody else can ever be there, so that nothing has to be waited for. */
  readonly isAlone: boolean;
  /** How long the others may take to learn that a node came. */
  readonly settleMs: number;
  /** A node that was not told its standing for so long stood still: others may have taken its share. */
  readonly staleMs: number;
}

interface Shared {
  readonly policy: Policy;
  readonly place: number;
  readonly limit: HeldPart;
  readonly burst: HeldPart;
  /** This node's part, and what may be used of it. */
  part: number;
  usable: number;
  usableBurst: number;
}

/**
 * A book whose limits are this node's share. It shrinks at once. It grows when the others have had
 * `settleMs` to shrink: a bucket then fills over a window, and a sliding window waits a window and a
 * slot more.
 */
export class SplitBook {
  readonly book: QuotaBook;
  readonly beganMs: number;
  readonly #options: SplitOptions;
  #shares: readonly Shared[] = [];
  #standing: Standing | null = null;
  #staleAtMs: number;

  constructor(options: SplitOptions) {
    const { plan: { policies, keysMax }, hash, nowMs } = options;
    this.#options = options;
    this.beganMs = nowMs;
    this.book = new QuotaBook({ policies, keysMax, hash });
    this.#staleAtMs = nowMs + options.staleMs;
    this.#begin(nowMs);
  }

  /** Takes in this node's standing. To be called once a heartbeat, and when a node came or went. */
  observe(standing: Standing, nowMs: number): void {
    if (nowMs >= this.#staleAtMs) this.#begin(nowMs);
    this.#staleAtMs = nowMs + this.#options.staleMs;
    this.#standing = standing;
    for (const share of this.#shares) {
      const { policy, limit, burst } = share;
      share.part = partOf(policy.limit, standing);
      const usable = limit.observe(share.part, nowMs);
      this.#use(share, usable, burst.observe(partOf(policy.burst, standing), nowMs), nowMs);
    }
  }

  /** Gives the share up if this process stood still for so long that others may have taken it. */
  check(nowMs: number): void {
    if (nowMs < this.#staleAtMs) return;
    this.#begin(nowMs);
    this.#staleAtMs = nowMs + this.#options.staleMs;
  }

  /** Decides by this node's share. */
  consume(key: string, cost: number, nowMs: number, decidedBy: DecidedBy): Decision {
    this.check(nowMs);
    return this.book.consume(key, cost, nowMs - this.beganMs, decidedBy);
  }

  /** Tells which part of the limits is in use. */
  tell(tally: LimiterTally): void {
    for (const { policy, usable } of this.#shares) {
      const ratio = usable / policy.limit;
      tally.emit("muster.rate_limiter.share", { ratio }, { policy: policy.name });
    }
  }

  statuses(nowMs: number): readonly PolicyStatus[] {
    return this.#shares.map((share) => ({
      ...share.policy,
      share: share.usable,
      why: this.#why(share, nowMs),
    }));
  }

  #begin(nowMs: number): void {
    const { plan: { policies }, isAlone, settleMs } = this.#options;
    this.#shares = policies.map((policy, place) => {
      const holdMs = policy.algorithm === "gcra" ? settleMs : settleMs + windowAndSlotMs(policy);
      const share = {
        policy,
        place,
        limit: new HeldPart(holdMs, isAlone ? policy.limit : 0, nowMs),
        burst: new HeldPart(holdMs, isAlone ? policy.burst : 0, nowMs),
        part: 0,
        usable: policy.limit,
        usableBurst: policy.burst,
      };
      if (!isAlone) this.#use(share, 0, 0, nowMs);
      return share;
    });
  }

  #use(share: Shared, usable: number, usableBurst: number, nowMs: number): void {
    if (usable === share.usable && usableBurst === share.usableBurst) return;
    share.usable = usable;
    share.usableBurst = usableBurst;
    this.book.advance(nowMs - this.beganMs);
    this.book.resize(share.place, usable, usableBurst);
  }

  #why({ policy, part, usable, limit }: Shared, nowMs: number): string {
    if (this.#options.isAlone) return "this node is alone";
    const { nodes } = this.#standing ?? { nodes: 0 };
    if (nodes === 0) return "this node does not know yet with whom it shares";
    const base = `${policy.limit} for ${nodes} ${nodes === 1 ? "node" : "nodes"}`;
    if (part === 0) return `${base}, which is not one for each: this node has none`;
    if (usable >= part) return base;
    const seconds = Math.ceil(limit.waitMs(nowMs) / 1000);
    return `${base}; it grows to ${part} in ${seconds} s, when the others have had time to shrink`;
  }
}

function windowAndSlotMs({ windowMs, slots }: Policy): number {
  return windowMs + windowMs / slots;
}
