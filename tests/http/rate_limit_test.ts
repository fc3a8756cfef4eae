import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import {
  headerKey,
  ipKey,
  joinedKey,
  type LimitedContext,
  routeKey,
} from "../../src/http/limit_keys.ts";
import { rateLimit } from "../../src/http/rate_limit.ts";
import type { RateLimitOptions } from "../../src/http/rate_limit_options.ts";
import { createLimiter } from "../../src/rate_limit/create_limiter.ts";
import type { Decision } from "../../src/rate_limit/decision.ts";
import type { Limiter, SharedLimiter } from "../../src/rate_limit/limiter.ts";
import { checkedPolicies, type PolicyOptions } from "../../src/rate_limit/policy.ts";
import { FakeClock, settle } from "../fake_clock.ts";
import { until } from "../until.ts";

const PER_MINUTE: PolicyOptions = { limit: 2, windowMs: 60_000 };
const PER_DAY: PolicyOptions = { limit: 100, windowMs: 86_400_000 };

interface Setup {
  readonly app: Hono;
  readonly limiter: Limiter;
  readonly clock: FakeClock;
  /** From an address, and with headers. */
  readonly ask: (
    remoteIp?: string,
    headers?: Record<string, string>,
    path?: string,
  ) => Promise<Response>;
}

function setup(limits: readonly PolicyOptions[], options: Partial<RateLimitOptions> = {}): Setup {
  const clock = new FakeClock();
  const limiter = createLimiter({ name: "test", limits, clock });
  const app = new Hono();
  app.use(rateLimit({ limiter, ...options }));
  app.get("/users/:id", (context) => context.text("a user"));
  app.get("/", (context) => context.text("hello"));
  const ask = async (remoteIp = "203.0.113.1", headers = {}, path = "/") =>
    await app.request(path, { headers }, { remoteIp });
  return { app, limiter, clock, ask };
}

function fields({ headers, status }: Response): readonly (string | number | null)[] {
  const names = ["ratelimit", "ratelimit-policy", "retry-after"];
  return [status, ...names.map((name) => headers.get(name))];
}

Deno.test("what passes is told what is left, what does not also when to come back", async () => {
  const { ask, clock } = setup([PER_MINUTE, PER_DAY]);
  const policy = '"1m";q=2;w=60, "1d";q=100;w=86400';
  const [first, second, third] = [await ask(), await ask(), await ask()];
  assertEquals(fields(first), [200, '"1m";r=1;t=30, "1d";r=99;t=85536', policy, null]);
  assertEquals(fields(second), [200, '"1m";r=0;t=60, "1d";r=98;t=84672', policy, null]);
  assertEquals(fields(third), [429, '"1m";r=0;t=30, "1d";r=98', policy, "30"]);
  assertEquals(third.headers.get("content-type"), "application/problem+json");
  assertEquals(third.headers.get("cache-control"), "no-store");
  assertEquals(await third.json(), {
    type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
    title: "Request cannot be satisfied as assigned quota has been exceeded",
    status: 429,
    detail: "Try again in 30 seconds.",
    "violated-policies": ["1m"],
  });
  await clock.advance(30_000);
  assertEquals((await ask()).status, 200);
});

Deno.test("each client address has limits of its own, and X-Forwarded-For from strangers changes nothing", async () => {
  const { ask } = setup([PER_MINUTE]);
  const statuses = async (...from: [string, string?][]) => {
    const answers: number[] = [];
    for (const [ip, forwarded] of from) {
      const headers: Record<string, string> = forwarded ? { "x-forwarded-for": forwarded } : {};
      answers.push((await ask(ip, headers)).status);
    }
    return answers;
  };
  const same: [string, string][] = [["1.1.1.1", "9.9.9.1"], ["1.1.1.1", "9.9.9.2"]];
  assertEquals(await statuses(...same, ["1.1.1.1"], ["1.1.1.2"]), [200, 200, 429, 200]);
  const trusting = setup([PER_MINUTE], { key: ipKey({ trustedProxies: ["1.1.1.1"] }) });
  assertEquals((await trusting.ask("1.1.1.1", { "x-forwarded-for": "9.9.9.1" })).status, 200);
});

Deno.test("ipKey reads the address that Deno.serve hands over", async () => {
  const app = new Hono();
  const key = ipKey();
  app.get("/", (context) => context.text(key(context)));
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, app.fetch);
  const response = await fetch(`http://127.0.0.1:${server.addr.port}/`);
  assertEquals(await response.text(), "127.0.0.1");
  await server.shutdown();
});

Deno.test("keys by header, by route, by a function, and joined, keep apart what must be", async () => {
  const seen: string[] = [];
  const joined = joinedKey(headerKey("x-api-key"), routeKey(), () => "tenant");
  const { ask } = setup([PER_DAY], { key: (context) => seen[seen.push(joined(context)) - 1]! });
  await ask("", { "x-api-key": "k1" }, "/users/7");
  await ask("", { "x-api-key": "k1" }, "/users/8");
  await ask("", {}, "/users/8");
  assertEquals(seen[0], "2:k114:GET /users/:id6:tenant");
  assertEquals(seen[1], seen[0]);
  assertEquals(seen[2], "0:14:GET /users/:id6:tenant");
});

Deno.test("by route, a fallback takes of no other route's limit, and a made-up method or HEAD gets no limit of its own", async () => {
  const limiter = createLimiter({ name: "routes", limits: [{ limit: 1, windowMs: 60_000 }] });
  const app = new Hono();
  app.use(rateLimit({ limiter, key: routeKey() }));
  app.get("/users/:id", (context) => context.text("a user"));
  app.all("/proxy/:host", (context) => context.text("proxied"));
  app.get("*", (context) => context.text("the page of all else"));
  const statuses: number[] = [];
  const asked = ["GET /", "GET /users/1", "HEAD /users/2", "AAA /proxy/a", "AAB /proxy/b"];
  for (const one of [...asked, "AAA /nowhere", "AAB /nowhere"]) {
    const [method, path] = one.split(" ") as [string, string];
    statuses.push((await app.request(path, { method })).status);
  }
  assertEquals(statuses, [200, 200, 429, 200, 429, 404, 429]);
});

Deno.test("a key may come later, and what is no text is refused in a sentence that names the limiter", async () => {
  const later = setup([PER_MINUTE], { key: ({ req }) => Promise.resolve(req.header("x-user")!) });
  const askAs = async (user: string) => (await later.ask("", { "x-user": user })).status;
  const statuses = [await askAs("1"), await askAs("1"), await askAs("2"), await askAs("1")];
  assertEquals(statuses, [200, 200, 200, 429]);
  const app = new Hono<{ Variables: { userId?: number } }>();
  const limiter = createLimiter({ name: "api", limits: [PER_MINUTE] });
  const errors: string[] = [];
  app.onError((error, context) => context.text(errors[errors.push(error.message) - 1]!, 500));
  // deno-lint-ignore no-explicit-any -- what an untyped context gives.
  const key = (context: any) => context.get("userId");
  app.use("/user", async (context, next) => {
    context.set("userId", 7);
    await next();
  });
  app.use("/joined", rateLimit({ limiter, key: joinedKey(() => "a", key) }));
  app.use(rateLimit({ limiter, key }));
  for (const path of ["/user", "/nobody", "/joined"]) await app.request(path);
  const rule = 'Cannot consume of the limiter "api": key must be text: received';
  const [number, nothing, joined] = errors;
  assert(number!.startsWith(`${rule} number: `) && nothing!.startsWith(`${rule} undefined: `));
  const joinedRule = "Cannot join keys of a limiter: keys[1] must give text at once: received";
  assertEquals(joined, `${joinedRule} undefined`);
});

Deno.test("a key that comes later can't be joined, and ends no process if it then fails", async () => {
  const unheard: unknown[] = [];
  const hear = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    unheard.push(event.reason);
  };
  addEventListener("unhandledrejection", hear);
  const late = () => Promise.reject(new Error("no session")) as unknown as string;
  const { app, ask } = setup([PER_MINUTE], { key: joinedKey(() => "a", late) });
  app.onError(({ message }, context) => context.text(message, 500));
  assertStringIncludes(
    await (await ask()).text(),
    "keys[1] must give text at once: received a promise",
  );
  // What nobody hears is told in its order: this comes after any that was left before.
  void Promise.reject("the last");
  await until(() => unheard.includes("the last"), { what: "the last rejection to be told" });
  removeEventListener("unhandledrejection", hear);
  assertEquals(unheard, ["the last"]);
});

Deno.test("a request may cost more, or be skipped, and what costs too much is never told to come back", async () => {
  const { ask } = setup([{ limit: 10, windowMs: 10_000 }], {
    cost: ({ req }) => Number(req.header("x-cost") ?? 1),
    skip: ({ req }) => req.header("x-skip") !== undefined,
  });
  assertEquals((await ask("", { "x-skip": "1", "x-cost": "9" })).headers.get("ratelimit"), null);
  assertEquals((await ask("", { "x-cost": "7" })).headers.get("ratelimit"), '"10s";r=3;t=7');
  const never = await ask("", { "x-cost": "11" });
  assertEquals(fields(never), [429, '"10s";r=3', '"10s";q=10;w=10', null]);
  const { detail } = await never.json();
  assertEquals(detail, "It costs more than may ever be consumed at once.");
});

Deno.test("a cost may come later, after a key or one that comes later too, and may fail", async () => {
  const user = ({ req }: LimitedContext) => req.header("x-user")!;
  const cost = (of: LimitedContext) => Promise.resolve(Number(of.req.header("x-cost")));
  for (const key of [user, (of: LimitedContext) => Promise.resolve(user(of))]) {
    const { app, ask } = setup([{ limit: 10, windowMs: 10_000 }], { key, cost });
    app.onError(({ message }, context) => context.text(message, 500));
    const left = async (headers: Record<string, string>) =>
      (await ask("", headers)).headers.get("ratelimit");
    assertEquals(await left({ "x-user": "1", "x-cost": "7" }), '"10s";r=3;t=7');
    assertEquals(await left({ "x-user": "2", "x-cost": "2" }), '"10s";r=8;t=8');
    assertEquals((await ask("", { "x-user": "1", "x-cost": "4" })).status, 429);
    const wrong = await ask("", { "x-user": "1", "x-cost": "half" });
    assertStringIncludes(await wrong.text(), "cost must be a whole number from 0 to 2^31 - 1");
  }
});

Deno.test("onLimited is told of refusals and may answer, and a dry run lets all pass", async () => {
  const refused: Decision[] = [];
  const onLimited = (_: unknown, decision: Decision) => {
    refused.push(decision);
    return new Response("Slow down.", { status: 503 });
  };
  const { ask } = setup([PER_MINUTE], { onLimited });
  const statuses = [await ask(), await ask(), await ask()].map(({ status }) => status);
  assertEquals(statuses, [200, 200, 503]);
  assertEquals(refused.map(({ policy, allowed }) => [policy, allowed]), [["1m", false]]);
  const dry = setup([PER_MINUTE], { onLimited, dryRun: true });
  for (let i = 0; i < 4; i++) assertEquals(await (await dry.ask()).text(), "hello");
  assertEquals(refused.length, 3);
});

Deno.test("a dry run fails no request, whatever of it fails, and without it the app answers what is thrown", async () => {
  const fail = (): never => {
    throw new Error("mine");
  };
  const failing: Partial<RateLimitOptions>[] = [
    { onLimited: fail },
    { onLimited: () => Promise.reject(new Error("mine")) },
    { skip: fail },
    { key: fail },
    { key: () => Promise.reject(new Error("mine")) },
    { cost: fail },
    { cost: () => Promise.reject(new Error("mine")) },
    { cost: () => "7" as unknown as number },
    { key: () => 7 as unknown as string },
  ];
  const statuses: number[][] = [];
  for (const options of failing) {
    const dry = setup([PER_MINUTE], { ...options, dryRun: true });
    for (let i = 0; i < 4; i++) assertEquals(await (await dry.ask()).text(), "hello");
    // Where onLimited fails, that is for the third and the fourth alone.
    const failures = options.onLimited === undefined ? 4 : 2;
    await settle();
    assertEquals(dry.limiter.status().trialFailures, failures);
    const { app, ask } = setup([PER_MINUTE], options);
    app.onError((_, context) => context.text("sorry", 500));
    statuses.push([(await ask()).status, (await ask()).status, (await ask()).status]);
  }
  const [own, later, ...rest] = statuses;
  assertEquals([own, later], [[200, 200, 500], [200, 200, 500]]);
  for (const each of rest) assertEquals(each, [500, 500, 500]);
});

Deno.test("a dry run waits for no onLimited, and sends nothing of the answer that it makes", async () => {
  const limiter = createLimiter({ name: "dry", limits: [PER_MINUTE] });
  type Env = { Variables: { limited?: string } };
  const app = new Hono<Env>();
  app.use(async (context, next) => {
    context.header("x-request-id", "7");
    await next();
  });
  const answers: Response[] = [];
  const onLimited = async (context: Context<Env>, { policy }: Decision) => {
    context.status(429);
    context.header("x-limited", "1");
    context.res.headers.set("x-limited", "2");
    context.set("limited", `${context.req.path} by ${policy}`);
    answers.push(context.json({ slow: "down" }, 429, { "x-limited": "3" }));
    context.res = context.redirect("/elsewhere");
    return await new Promise<Response>(() => {});
  };
  app.use(rateLimit<Context<Env>>({ limiter, onLimited, dryRun: true, key: () => "all" }));
  app.get("/", (context) => context.body(context.get("limited") ?? "not limited"));
  const texts: string[] = [];
  for (let i = 0; i < 3; i++) {
    const response = await app.request("/");
    const sent = ["x-request-id", "content-type", "x-limited", "location"].map((name) =>
      response.headers.get(name)
    );
    assertEquals([response.status, ...sent], [200, "7", "text/plain;charset=UTF-8", null, null]);
    texts.push(await response.text());
  }
  assertEquals(texts, ["not limited", "not limited", "/ by 1m"]);
  assertEquals(answers.map(({ status }) => status), [429]);
});

Deno.test("a refusal keeps the headers that other middleware has set, but its own type, status and times", async () => {
  const names = ["content-type", "cache-control", "retry-after", "ratelimit", "x-request-id"];
  const set: MiddlewareHandler = async (context, next) => {
    context.status(201);
    for (const name of names) context.header(name, "theirs");
    context.header("set-cookie", "a=1", { append: true });
    context.header("set-cookie", "b=2", { append: true });
    await next();
  };
  // That of CORS looks at the answer that is to come, which changes how Hono puts the headers together.
  for (const earlier of [[set], [cors(), set], [set, cors()]]) {
    const limiter = createLimiter({ name: "test", limits: [PER_MINUTE] });
    const app = new Hono();
    app.use(...earlier);
    app.use(rateLimit({ limiter, cost: () => 2 }));
    app.get("/", (context) => context.text("hello"));
    assertEquals((await app.request("/")).status, 201);
    const { status, headers } = await app.request("/");
    assertEquals([status, headers.getSetCookie()], [429, ["a=1", "b=2"]]);
    assertEquals(headers.has("access-control-allow-origin"), earlier.length > 1);
    assertEquals(names.map((name) => headers.get(name)), [
      "application/problem+json",
      "no-store",
      "60",
      'theirs, "1m";r=0;t=60',
      "theirs",
    ]);
  }
});

Deno.test("the fields of two limiters stand side by side, on fetched answers too", async () => {
  const limiter = (name: string, limit: number) =>
    createLimiter({ name, limits: [{ limit, windowMs: 60_000, name }] });
  const app = new Hono();
  app.use(rateLimit({ limiter: limiter("outer", 9) }), rateLimit({ limiter: limiter("inner", 5) }));
  app.get("/made", (context) => context.text("made"));
  await using upstream = Deno.serve({ port: 0, onListen: () => {} }, () => new Response("fetched"));
  const url = `http://127.0.0.1:${upstream.addr.port}/`;
  app.get("/fetched", async () => await fetch(url));
  for (const path of ["/made", "/fetched"]) {
    const response = await app.request(path);
    assertEquals(await response.text(), path.slice(1));
    const names = response.headers.get("ratelimit-policy")!.split(", ").map((item) => item[1])
      .sort();
    assertEquals(names, ["i", "o"]);
  }
});

Deno.test("an answer that only says that there was an error is passed on as it is", async () => {
  for (const dryRun of [false, true]) {
    const { app, ask } = setup([PER_MINUTE], { dryRun });
    app.get("/failed", () => Response.error());
    app.onError((error) => {
      throw error;
    });
    const { type, status, headers } = await ask("", {}, "/failed");
    assertEquals([type, status, [...headers]], ["error", 0, []]);
  }
});

Deno.test("without its store, a closed limiter answers 503 and an open one passes", async () => {
  const policies = checkedPolicies("test", [PER_MINUTE]);
  const state = { policy: "1m", limit: 2, remaining: 0, resetMs: 1_000, others: [] };
  const shared = (decision: Pick<Decision, "allowed" | "decidedBy" | "retryAfterMs">) => ({
    name: "test",
    scope: "shared",
    policies,
    consume: () => Promise.resolve({ ...state, ...decision }),
    countTrialFailure: () => {},
  } as unknown as SharedLimiter);
  const closed = shared({ allowed: false, decidedBy: "fail_closed", retryAfterMs: 1_000 });
  const { ask } = setup([PER_MINUTE], { limiter: closed });
  const refused = await ask();
  assertEquals(fields(refused), [503, '"1m";r=0;t=1', '"1m";q=2;w=60', "1"]);
  const { type } = await refused.json();
  assertEquals(type.split("#")[1], "temporary-reduced-capacity");
  const open = shared({ allowed: true, decidedBy: "fail_open", retryAfterMs: 0 });
  assert((await setup([PER_MINUTE], { limiter: open }).ask()).ok);
});
