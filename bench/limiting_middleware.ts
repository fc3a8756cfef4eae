import { assertEquals } from "@std/assert";
import { Hono, type MiddlewareHandler } from "hono";
import { rateLimiter } from "hono-rate-limiter";
import { rateLimit } from "../src/http/rate_limit.ts";
import { createLimiter } from "../src/rate_limit/create_limiter.ts";
import { timesLess } from "./bars.ts";
import type { Comparison } from "./comparison.ts";

const REQUESTS = 200;
const EMPTY = "an empty middleware";
const THEIRS = "hono-rate-limiter";
const LIMIT = 100_000_000;
const REMOTE = { remoteIp: "203.0.113.7" };

/** What limiting adds to a request that passes. */
export function limiting(): Comparison[] {
  const limiter = createLimiter({ name: "bench", limits: [{ limit: LIMIT, windowMs: 60_000 }] });
  const ours = app(rateLimit({ limiter }));
  const theirs = app(rateLimiter({
    windowMs: 60_000,
    limit: LIMIT,
    keyGenerator: ({ env }) => (env as typeof REMOTE).remoteIp,
  }));
  const empty = app(async (_, next) => await next());
  return [{
    title: "limiting middleware, for one request that passes",
    unit: "µs",
    operations: REQUESTS,
    runs: 601,
    warmups: 200,
    takenOff: EMPTY,
    note: "The time of a request through the empty middleware is taken off the others', round by " +
      "round. Both know the client by its address and add their default header fields: Muster two, " +
      "hono-rate-limiter four.",
    contenders: [
      { name: "Muster", run: () => requests(ours) },
      { name: THEIRS, run: () => requests(theirs) },
      { name: EMPTY, run: () => requests(empty) },
    ],
    bars: [timesLess(4, THEIRS)],
    verify: async () => {
      const [mine, other] = [await ask(ours), await ask(theirs)];
      assertEquals(mine.headers.get("ratelimit"), `"1m";r=${LIMIT - 1};t=60`);
      assertEquals(other.headers.get("ratelimit-remaining"), `${LIMIT - 1}`);
    },
  }];
}

function app(limit: MiddlewareHandler): Hono {
  const app = new Hono();
  app.use(limit);
  app.get("/users/:id", (context) => context.text("hello"));
  return app;
}

async function ask(app: Hono): Promise<Response> {
  return await app.request("http://localhost/users/1", undefined, REMOTE);
}

async function requests(app: Hono): Promise<void> {
  for (let i = 0; i < REQUESTS; i++) await ask(app);
}
