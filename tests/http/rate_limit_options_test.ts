import { assertEquals, assertThrows } from "@std/assert";
import { ipKey } from "../../src/http/limit_keys.ts";
import { rateLimit } from "../../src/http/rate_limit.ts";
import type { RateLimitOptions } from "../../src/http/rate_limit_options.ts";
import { createLimiter } from "../../src/rate_limit/create_limiter.ts";

const limiter = createLimiter({ name: "api", limits: [{ limit: 1, windowMs: 1_000 }] });

Deno.test("wrong options of the middleware are refused when it is made, all in one sentence", () => {
  const isNoLimiter = "limiter must be one that createLimiter makes: received";
  const cases: [options: unknown, problems: string][] = [
    [undefined, `${isNoLimiter} nothing`],
    [null, `${isNoLimiter} nothing`],
    [{}, `${isNoLimiter} nothing`],
    [limiter, `${isNoLimiter} nothing`],
    [{ limiter: { consume: () => {}, password: "secret" } }, `${isNoLimiter} "object"`],
    [{ limiter, key: "ip" }, 'key must be a function: received "ip"'],
    [{ limiter, key: null }, "key must be a function: received null"],
    [{ limiter, cost: 5 }, "cost must be a function: received 5"],
    [{ limiter, skip: true }, "skip must be a function: received true"],
    [{ limiter, onLimited: "x" }, 'onLimited must be a function: received "x"'],
    [{ limiter, dryRun: "false" }, 'dryRun must be true or false: received "false"'],
    [
      { key: "ip", cost: 5, dryRun: 1 },
      `${isNoLimiter} nothing; key must be a function: received "ip"; ` +
      "cost must be a function: received 5; dryRun must be true or false: received 1",
    ],
  ];
  for (const [options, problems] of cases) {
    const { message } = assertThrows(() => rateLimit(options as RateLimitOptions), TypeError);
    assertEquals(message, `Cannot limit requests: ${problems}`);
  }
  // What is left out as undefined is left out.
  const nothing = { key: undefined, cost: undefined, skip: undefined, dryRun: undefined };
  rateLimit({ limiter, ...nothing } as unknown as RateLimitOptions);
  rateLimit({ limiter, key: ipKey(), cost: () => 1, skip: () => false, dryRun: true });
});
