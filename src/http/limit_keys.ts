import type { Context } from "hono";
import { received } from "../metrics/received.ts";
import { clientIp, type ClientIpOptions } from "../rate_limit/client_ip.ts";
import { answeringRoute } from "./answering_route.ts";

/** What the middleware and its functions read of a Hono context. */
export interface LimitedContext {
  /** The request. */
  readonly req: {
    /** Its method. */
    readonly method: string;
    /** The value of one of its headers. */
    header(name: string): string | undefined;
  };
  /** The answer, once there is one. */
  readonly res: Response;
  /** What the server knows of the connection: `remoteIp`, or `remoteAddr` as `Deno.serve` gives it. */
  readonly env: unknown;
  /** Sets a header of the answer. */
  header(name: string, value: string, options?: { readonly append?: boolean }): void;
  /** Makes an answer, with the headers that were set before. */
  body(text: string, status: 429 | 503, headers: Record<string, string>): Response;
}

/** Says who consumes. */
export type LimitKey<C = LimitedContext> = (context: C) => string;

/** What the name of a header is made of: a token (RFC 9110 §5.6.2). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * By the client's address; see `clientIp`. All whose address the server does not tell share a key.
 *
 * @throws {TypeError} if the proxies are no list of addresses and networks.
 *
 * @example
 * ```ts
 * import { createLimiter, ipKey, rateLimit } from "@muster/muster";
 * import { assertEquals } from "@std/assert";
 * import { Hono } from "hono";
 *
 * const limiter = createLimiter({ name: "api", limits: [{ limit: 1, windowMs: 60_000 }] });
 * const app = new Hono();
 * app.use(rateLimit({ limiter, key: ipKey({ trustedProxies: ["10.0.0.0/8"] }) }));
 * app.get("/", (context) => context.text("hello"));
 *
 * const from = (client: string) =>
 *   app.request("/", { headers: { "x-forwarded-for": client } }, { remoteIp: "10.0.0.1" });
 * assertEquals((await from("203.0.113.7")).status, 200);
 * assertEquals((await from("203.0.113.7")).status, 429);
 * assertEquals((await from("203.0.113.8")).status, 200);
 * ```
 */
export function ipKey(options: ClientIpOptions = {}): LimitKey {
  const keyOf = clientIp(options);
  // Without trusted proxies nobody's word is taken, so the header, which takes time to read, is left.
  if (!options.trustedProxies?.length) return ({ env }) => keyOf(remoteIpOf(env), undefined);
  return ({ req, env }) => keyOf(remoteIpOf(env), req.header("x-forwarded-for"));
}

/**
 * By a header, such as that of an API key; all who don't send it share a key.
 *
 * @throws {TypeError} if no header can have the name.
 *
 * @example
 * ```ts
 * import { createLimiter, headerKey, rateLimit } from "@muster/muster";
 *
 * const limiter = createLimiter({ name: "api", limits: [{ limit: 100, windowMs: 1_000 }] });
 * const middleware = rateLimit({ limiter, key: headerKey("x-api-key") });
 * ```
 */
export function headerKey(name: string): LimitKey {
  if (typeof name !== "string" || !TOKEN.test(name)) {
    throw new TypeError(
      `Cannot key by a header: name must be that of a header, such as "x-api-key": received ${
        received(name)
      }`,
    );
  }
  return ({ req }) => req.header(name) ?? "";
}

/**
 * By the method and template of the route that answers, as they were registered: `GET /users/:id`, also for
 * HEAD, or `ALL /proxy/:host`, whatever method a client makes up. What takes `next` and was registered for
 * all methods or with a wildcard at the end counts as middleware, which is no route (so does what `mount`
 * adds); requests that only middleware matched share the key of its last template, such as `ALL /*`.
 *
 * @example
 * ```ts
 * import { createLimiter, rateLimit, routeKey } from "@muster/muster";
 *
 * const limiter = createLimiter({ name: "routes", limits: [{ limit: 1_000, windowMs: 1_000 }] });
 * const middleware = rateLimit({ limiter, key: routeKey() });
 * ```
 */
export function routeKey(): LimitKey {
  const routeOf = answeringRoute(({ method, path }) => `${method} ${path}`, "ALL *");
  return (context) => routeOf(context as unknown as Context);
}

/**
 * By several keys together: who and where, say. No two lists of keys make the same key.
 *
 * @throws {TypeError} if one of them is no function, and at a request of which one gives no text at once.
 *
 * @example
 * ```ts
 * import { createLimiter, headerKey, joinedKey, rateLimit, routeKey } from "@muster/muster";
 *
 * const limiter = createLimiter({ name: "api", limits: [{ limit: 10, windowMs: 1_000 }] });
 * const middleware = rateLimit({ limiter, key: joinedKey(headerKey("x-api-key"), routeKey()) });
 * ```
 */
export function joinedKey<C>(...keys: readonly LimitKey<C>[]): LimitKey<C> {
  const wrong = keys.flatMap((key: unknown, i) =>
    typeof key === "function" ? [] : [`keys[${i}] must be a function: received ${received(key)}`]
  );
  if (wrong.length > 0) throw new TypeError(`Cannot join keys of a limiter: ${wrong.join("; ")}`);
  return (context) => keys.map((key, i) => withLength(key(context), i)).join("");
}

function withLength(key: unknown, i: number): string {
  if (typeof key === "string") return `${key.length}:${key}`;
  // Nobody will wait for it, and a rejection that nobody hears ends the process.
  if (key instanceof Promise) key.catch(() => {});
  throw new TypeError(
    `Cannot join keys of a limiter: keys[${i}] must give text at once: received ` +
      `${key instanceof Promise ? "a promise" : typeof key}`,
  );
}

function remoteIpOf(env: unknown): string {
  const { remoteIp, remoteAddr } = (env ?? {}) as {
    readonly remoteIp?: string;
    readonly remoteAddr?: { readonly hostname?: string };
  };
  return remoteIp ?? remoteAddr?.hostname ?? "";
}
