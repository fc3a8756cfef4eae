import type { Decision } from "../rate_limit/decision.ts";
import { ipKey, type LimitedContext } from "./limit_keys.ts";
import { limitFields, policyField, refusal } from "./rate_limit_fields.ts";
import { checkRateLimitOptions, type RateLimitOptions } from "./rate_limit_options.ts";
import { trialContext } from "./trial_context.ts";

/** A middleware for `app.use` of any Hono app. */
export type RateLimitMiddleware<C extends LimitedContext = LimitedContext> = (
  context: C,
  next: () => Promise<void>,
) => Promise<Response | void>;

/**
 * A Hono middleware that limits requests. What passes gets the fields `RateLimit` and `RateLimit-Policy`
 * (draft-ietf-httpapi-ratelimit-headers-11); what does not is answered with 429, `Retry-After` in whole
 * seconds and a problem (RFC 9457).
 *
 * @throws {TypeError} if an option is wrong; the message names all that are.
 *
 * @example
 * ```ts
 * import { createLimiter, headerKey, rateLimit } from "@muster/muster";
 * import { assertEquals } from "@std/assert";
 * import { Hono } from "hono";
 *
 * const limiter = createLimiter({ name: "api", limits: [{ limit: 1, windowMs: 60_000 }] });
 * const app = new Hono();
 * app.use(rateLimit({ limiter, key: headerKey("x-api-key") }));
 * app.get("/", (context) => context.text("hello"));
 *
 * const ask = () => app.request("/", { headers: { "x-api-key": "k1" } });
 * const first = await ask();
 * assertEquals(first.headers.get("ratelimit"), '"1m";r=0;t=60');
 * const second = await ask();
 * assertEquals([second.status, second.headers.get("retry-after")], [429, "60"]);
 * ```
 */
export function rateLimit<C extends LimitedContext = LimitedContext>(
  options: RateLimitOptions<C>,
): RateLimitMiddleware<C> {
  checkRateLimitOptions(options);
  const { limiter, key = ipKey(), cost, skip, onLimited, dryRun = false } = options;
  const policy = policyField(limiter.policies);
  const fieldOf = limitFields(limiter.policies);
  const decide = (context: C): Decision | Promise<Decision> => {
    const who = key(context);
    if (typeof who !== "string") return decideLater(who, context);
    const costs = cost === undefined ? 1 : cost(context);
    return typeof costs === "number" ? limiter.consume(who, costs) : consumeLater(who, costs);
  };
  // A promise is waited for, one at a time so that none is left to reject unheard; all else that is no
  // text, or no number, is refused by the limiter.
  const decideLater = async (who: Promise<string>, context: C): Promise<Decision> => {
    const known = await who;
    return await consumeLater(known, cost === undefined ? 1 : cost(context));
  };
  const consumeLater = async (who: string, costs: number | Promise<number>): Promise<Decision> =>
    await limiter.consume(who, await costs);
  // Of what nobody waits for, a rejection must be heard all the same: it would end the process.
  const hear = (result: unknown) => {
    Promise.resolve(result).catch(() => limiter.countTrialFailure());
  };
  const tryOut: RateLimitMiddleware<C> = async (context, next) => {
    let decision: Decision | undefined;
    try {
      if (skip === undefined || !await skip(context)) {
        decision = await decide(context);
        if (!decision.allowed && onLimited !== undefined) {
          hear(onLimited(trialContext(context), decision));
        }
      }
    } catch {
      // A trial fails no request.
      limiter.countTrialFailure();
    }
    await next();
    if (decision?.allowed) announce(context, policy, fieldOf(decision));
  };
  if (dryRun) return tryOut;
  return async function limit(context, next) {
    if (skip !== undefined && await skip(context)) return await next();
    const taken = decide(context);
    const decision = taken instanceof Promise ? await taken : taken;
    if (decision.allowed) {
      await next();
      return announce(context, policy, fieldOf(decision));
    }
    const answer = await onLimited?.(context, decision);
    if (answer instanceof Response) return answer;
    append(context, policy, fieldOf(decision));
    return refusal(context, decision);
  };
}

/** Adds to what other limiters have said: both fields are lists. */
function announce(context: LimitedContext, policy: string, limit: string): void {
  try {
    const { headers } = context.res;
    headers.append("ratelimit-policy", policy);
    headers.append("ratelimit", limit);
  } catch {
    // Those of a fetched answer can't be changed: Hono makes another answer of it. Of an error's it can't.
    if (context.res.type !== "error") append(context, policy, limit);
  }
}

function append(context: LimitedContext, policy: string, limit: string): void {
  context.header("ratelimit-policy", policy, { append: true });
  context.header("ratelimit", limit, { append: true });
}
