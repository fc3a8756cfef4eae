import { received } from "../metrics/received.ts";
import type { Decision } from "../rate_limit/decision.ts";
import type { Limiter, SharedLimiter } from "../rate_limit/limiter.ts";
import type { LimitedContext, LimitKey } from "./limit_keys.ts";

/** What the middleware limits by. */
export interface RateLimitOptions<C extends LimitedContext = LimitedContext> {
  /** What decides. */
  readonly limiter: Limiter | SharedLimiter;
  /**
   * Who consumes: `ipKey`, `headerKey`, `routeKey`, `joinedKey`, or any function that gives text, such as
   * a user's id, or a promise of it. Default: `ipKey()`.
   */
  readonly key?: LimitKey<C> | ((context: C) => Promise<string>);
  /** What a request costs, a whole number, or a promise of it. Default: 1. */
  readonly cost?: (context: C) => number | Promise<number>;
  /**
   * Requests for which it is true pass, and consume nothing. What it throws is the app's to answer
   * (`app.onError`), as what `key` and `cost` throw. Default: none.
   */
  readonly skip?: (context: C) => boolean | Promise<boolean>;
  /**
   * Told of each refusal, and may answer it; what it throws is the app's to answer. Default: 429, or 503
   * for a store that is out.
   */
  readonly onLimited?: (
    context: C,
    decision: Decision,
  ) => Response | void | Promise<Response | void>;
  /**
   * Decides, measures, tells `onLimited`, and lets everything pass, also where one of these functions
   * fails: what it throws is dropped and counted (`muster_rate_limiter_trial_failures_total`), and a
   * request without a decision is not measured else. `onLimited` is not waited for, and nothing of an
   * answer that it makes, or sets in the context, is sent. Default: false.
   */
  readonly dryRun?: boolean;
}

const FUNCTIONS = ["key", "cost", "skip", "onLimited"] as const;

/**
 * Refuses what would fail, or pass, each request.
 *
 * @throws {TypeError} if an option is wrong; the message names all that are.
 */
export function checkRateLimitOptions(options: unknown): void {
  const given = (options ?? {}) as Readonly<Record<keyof RateLimitOptions, unknown>>;
  const problems: string[] = [];
  const fail = (field: string, rule: string, value: unknown) =>
    problems.push(`${field} must be ${rule}: received ${received(value)}`);
  const { limiter, dryRun = false } = given;
  if (!isLimiter(limiter)) {
    // What is no limiter may be a store's client, which has a password.
    fail("limiter", "one that createLimiter makes", limiter && typeof limiter);
  }
  for (const field of FUNCTIONS) {
    const value = given[field];
    if (value !== undefined && typeof value !== "function") fail(field, "a function", value);
  }
  if (typeof dryRun !== "boolean") fail("dryRun", "true or false", dryRun);
  if (problems.length > 0) throw new TypeError(`Cannot limit requests: ${problems.join("; ")}`);
}

function isLimiter(value: unknown): boolean {
  const { consume, countTrialFailure, policies } = (value ?? {}) as Partial<Limiter>;
  return typeof consume === "function" && typeof countTrialFailure === "function" &&
    Array.isArray(policies);
}
