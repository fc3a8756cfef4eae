import type { Decision } from "../rate_limit/decision.ts";
import type { Policy } from "../rate_limit/policy.ts";
import type { PolicyState } from "../rate_limit/quota.ts";
import type { LimitedContext } from "./limit_keys.ts";

// https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/11/

const QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded";
const REDUCED_CAPACITY =
  "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity";
/** A client that is told of longer is told of this: ten years are as good as never. */
const SECONDS_MAX = 315_360_000;

/** `RateLimit-Policy`: each policy's quota and, where it is whole seconds, its window. */
export function policyField(policies: readonly Policy[]): string {
  return policies.map(({ name, limit, windowMs }) => {
    const window = windowMs % 1000 === 0 ? `;w=${windowMs / 1000}` : "";
    return `"${name}";q=${limit}${window}`;
  }).join(", ");
}

/**
 * Makes the writer of `RateLimit`: what is left under each policy, and for how long it must do. The time
 * is never so short that who spreads the rest over it would be faster than the policy, and in a refusal
 * never later than `Retry-After`.
 */
export function limitFields(policies: readonly Policy[]): (decision: Decision) => string {
  const windows = new Map(policies.map(({ name, windowMs, limit }) => [name, windowMs / limit]));
  const item = (state: PolicyState, allowed: boolean): string => {
    const { policy, remaining, resetMs, retryAfterMs } = state;
    if (!allowed && (retryAfterMs === 0 || retryAfterMs === Infinity)) {
      return `"${policy}";r=${remaining}`;
    }
    const ms = allowed ? Math.max(resetMs, remaining * windows.get(policy)!) : retryAfterMs;
    return `"${policy}";r=${remaining};t=${secondsUp(ms)}`;
  };
  return (decision) => {
    const { allowed, others } = decision;
    let field = item(decision, allowed);
    for (let i = 0; i < others.length; i++) field += `, ${item(others[i]!, allowed)}`;
    return field;
  };
}

/**
 * The answer to a request that a limit refused: RFC 9457, and RFC 9110 §10.2.3 where waiting helps. It has
 * the headers that other middleware has set in the context for whatever answer comes; its own are set
 * there, too, as Hono may put those of the context in place of those of an answer.
 */
export function refusal(context: LimitedContext, decision: Decision): Response {
  const isOut = decision.decidedBy === "fail_closed";
  const { retryAfterMs } = decision;
  const violated = [decision, ...decision.others].filter((state) => state.retryAfterMs > 0);
  const status = isOut ? 503 : 429;
  const seconds = secondsUp(retryAfterMs);
  const canRetry = retryAfterMs !== Infinity;
  const problem = {
    type: isOut ? REDUCED_CAPACITY : QUOTA_EXCEEDED,
    title: isOut
      ? "Request cannot be satisfied due to temporary server capacity constraints"
      : "Request cannot be satisfied as assigned quota has been exceeded",
    status,
    detail: canRetry
      ? `Try again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`
      : "It costs more than may ever be consumed at once.",
    "violated-policies": violated.map(({ policy }) => policy),
  };
  context.header("cache-control", "no-store");
  if (canRetry) context.header("retry-after", `${seconds}`);
  return context.body(JSON.stringify(problem), status, {
    "content-type": "application/problem+json",
  });
}

function secondsUp(ms: number): number {
  return Math.min(SECONDS_MAX, Math.ceil(ms / 1000));
}
