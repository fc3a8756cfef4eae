import type { Context } from "hono";
import { routePath } from "hono/route";
import { type Clock, systemClock } from "../io/clock.ts";
import type { Registry } from "../metrics/registry.ts";

/** Bounds that OpenTelemetry's semantic conventions advise for the duration of HTTP requests. */
const DURATION_BUCKETS: readonly number[] = [
  0.005,
  0.01,
  0.025,
  0.05,
  0.075,
  0.1,
  0.25,
  0.5,
  0.75,
  1,
  2.5,
  5,
  7.5,
  10,
];

/** The methods of RFC 9110 §9 and PATCH (RFC 5789); any other one is a client's invention. */
const METHODS: ReadonlySet<string> = new Set([
  "CONNECT",
  "DELETE",
  "GET",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
  "TRACE",
]);

/** What the middleware measures with. */
export interface HttpMetricsOptions {
  /** Where `http_server_request_duration_seconds` and `http_server_active_requests` are registered. */
  readonly registry: Registry;
  /** Bounds in seconds. Default: those of OpenTelemetry's semantic conventions. */
  readonly buckets?: readonly number[];
  /** Default: the clock of this process. */
  readonly clock?: Clock;
}

/** What the middleware reads of a Hono context. */
export interface MeasuredContext {
  /** The request. */
  readonly req: { readonly method: string };
  /** The answer, once there is one. */
  readonly res: { readonly status: number };
}

/** A middleware for `app.use` of any Hono app. */
export type HttpMetricsMiddleware = (
  context: MeasuredContext,
  next: () => Promise<void>,
) => Promise<void>;

/**
 * A Hono middleware that measures requests: how long each took, by method, route and status, and how
 * many are being answered. The route is the template (`/users/:id`), never the path, and empty where
 * none matched; an unknown method is `_OTHER`: no label is in a client's hands. Use it once, before
 * the routes. What a handler throws counts with the status that it was answered with.
 *
 * @throws {TypeError} if the registry has metrics of these names.
 *
 * @example
 * ```ts
 * import { httpMetrics, Registry } from "@muster/muster";
 * import { Hono } from "hono";
 *
 * const app = new Hono();
 * app.use(httpMetrics({ registry: new Registry() }));
 * app.get("/users/:id", (context) => context.text("hello"));
 * await app.request("/users/7");
 * ```
 */
export function httpMetrics(options: HttpMetricsOptions): HttpMetricsMiddleware {
  const { registry, buckets = DURATION_BUCKETS, clock = systemClock } = options;
  const durations = registry.histogram({
    name: "http_server_request_duration_seconds",
    help: "Time to answer a request, in seconds.",
    unit: "seconds",
    labels: ["method", "route", "status"],
    buckets,
  });
  const active = registry.gauge({
    name: "http_server_active_requests",
    help: "Requests that are being answered.",
    merge: "sum",
  });
  return async function measure(context, next) {
    const startMs = clock.nowMs();
    active.inc();
    try {
      await next();
    } finally {
      active.dec();
      durations.observe(
        {
          method: METHODS.has(context.req.method) ? context.req.method : "_OTHER",
          route: routeOf(context),
          status: context.res.status,
        },
        (clock.nowMs() - startMs) / 1000,
      );
    }
  };
}

/** The template of the route that matched last; a wildcard that found nothing is no route. */
function routeOf(context: MeasuredContext): string {
  const route = routePath(context as Context, -1);
  return context.res.status === 404 && route.endsWith("*") ? "" : route;
}
