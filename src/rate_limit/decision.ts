import type { PolicyState, Quota } from "./quota.ts";

/** Who decided: this node, the store, or what stands in for a store that is out. */
export type DecidedBy = "node" | "store" | "fail_open" | "fail_closed" | "fail_split";

/**
 * Whether a request may pass, and what is left; the numbers are those of the policy that is nearest to
 * its limit: the one that refuses for longest, or else the one with the least remaining.
 */
export interface Decision extends PolicyState {
  /** Whether the request may pass. */
  readonly allowed: boolean;
  /** Who decided. */
  readonly decidedBy: DecidedBy;
  /** What the limiter's other policies say, in their order; none where it has but one. */
  readonly others: readonly PolicyState[];
}

const NONE: readonly PolicyState[] = Object.freeze([]);

/** A decision from what the policies say. */
export function decisionOf(
  allowed: boolean,
  states: readonly PolicyState[],
  decidedBy: DecidedBy,
): Decision {
  let nearest = states[0]!;
  for (let i = 1; i < states.length; i++) {
    const other = states[i]!;
    const isNearer = allowed
      ? other.remaining < nearest.remaining
      : other.retryAfterMs > nearest.retryAfterMs;
    if (isNearer) nearest = other;
  }
  const others: PolicyState[] = [];
  for (let i = 0; i < states.length; i++) {
    if (states[i] !== nearest) others.push(states[i]!);
  }
  return {
    allowed,
    decidedBy,
    policy: nearest.policy,
    limit: nearest.limit,
    remaining: nearest.remaining,
    resetMs: nearest.resetMs,
    retryAfterMs: nearest.retryAfterMs,
    others,
  };
}

/** The same for a limiter with one policy, which is most of them. */
export function soleDecision(allowed: boolean, quota: Quota, decidedBy: DecidedBy): Decision {
  return {
    allowed,
    decidedBy,
    policy: quota.name,
    limit: quota.limit,
    remaining: quota.remaining,
    resetMs: quota.resetMs,
    retryAfterMs: quota.retryAfterMs,
    others: NONE,
  };
}

/** What a policy says, kept. */
export function stateOf(quota: Quota): PolicyState {
  const { name: policy, limit, remaining, resetMs, retryAfterMs } = quota;
  return { policy, limit, remaining, resetMs, retryAfterMs };
}
