import type { Context } from "hono";
import { guarded } from "../adapters/adapter_guard.ts";
import { type Clock, systemClock } from "../io/clock.ts";
import { silentLog } from "../io/log.ts";
import type { Registry } from "../metrics/registry.ts";
import { HTTP, HTTP_DURATION } from "../plugins/http.ts";
import { InstalledPlugin } from "../plugins/installed_plugin.ts";
import { LabelMappers } from "../plugins/label_mappers.ts";
import { ADAPTER_FAILED } from "../telemetry/adapter_failed.ts";
import { type Bus, createBus, type Measurements } from "../telemetry/bus.ts";
import { errorName } from "../telemetry/error_name.ts";
import { Poller } from "../telemetry/poller.ts";
import { answeringRoute } from "./answering_route.ts";
import { countedBody } from "./counted_body.ts";

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
/** Methods whose requests have no body (RFC 9110 §9.3): their headers need not be read. */
const BODILESS: ReadonlySet<string> = new Set(["GET", "HEAD", "CONNECT", "TRACE"]);
const ONCE = Object.freeze({ count: 1 });
const SWITCHING_PROTOCOLS = 101;

/** What the middleware measures with. `startMuster` gives such an object. */
export interface HttpMetricsOptions {
  /** Where the events go, for the plugin `http` of a node. */
  readonly bus?: Bus;
  /** Where the metrics are registered if there is no `bus`, and so no node. */
  readonly registry?: Registry;
  /** With a `registry`: bounds of the durations in seconds. Default: OpenTelemetry's. */
  readonly buckets?: readonly number[];
  /**
   * Whether to count the bytes of each answer's body while it is sent, and to tell when it was. That
   * takes some 4 µs an answer, and makes a stream of every body. Default: false.
   */
  readonly countBodies?: boolean;
  /** Default: the clock of this process. */
  readonly clock?: Clock;
}

/** What the middleware reads of a Hono context. */
export interface MeasuredContext {
  /** The request. */
  readonly req: { readonly method: string; readonly raw: Request };
  /** The answer, once there is one. */
  res: Response;
  /** What a handler threw. */
  readonly error?: Error | undefined;
}

/** A middleware for `app.use` of any Hono app. */
export type HttpMetricsMiddleware = (
  context: MeasuredContext,
  next: () => Promise<void>,
) => Promise<void>;

/**
 * A Hono middleware that measures requests, by method, route and status: how long each took until its
 * answer was ready, how large it was, what handlers threw, and how many are being answered. The route
 * is the template (`/users/:id`), never the path, and empty where none matched; an unknown method is
 * `_OTHER`: no label is in a client's hands. Use it once, before the routes. What a handler throws
 * counts with the status that it was answered with.
 *
 * A request is as large as its `Content-Length` says. An answer's body may be sent, or streamed, long
 * after the answer is ready: `countBodies` tells how large it became and how long that took.
 *
 * @throws {TypeError} if there is neither a bus nor a registry, or the registry has metrics of these
 * names.
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
  const { clock = systemClock, countBodies = false } = options;
  const bus = options.bus ?? busOf(options);
  const stop = (context: MeasuredContext, startMs: number, thrown: unknown, status: number) => {
    const duration_ms = clock.nowMs() - startMs;
    let labels: RequestLabels;
    let measured: Measurements = { duration_ms };
    // Written out rather than `guarded`: this is the cost of every request.
    try {
      labels = labelsOf(context, status);
      const request_bytes = requestBytes(context);
      if (request_bytes !== undefined) measured = { duration_ms, request_bytes };
    } catch (error) {
      bus.emit(ADAPTER_FAILED, ONCE, { adapter: "http", error });
      labels = { method: "_OTHER", route: "", status };
    }
    if (thrown !== undefined) {
      bus.emit("http.request.exception", { duration_ms }, { ...labels, error: errorName(thrown) });
    }
    bus.emit("http.request.stop", measured, labels);
    if (countBodies && status !== SWITCHING_PROTOCOLS) {
      guarded(bus, "http", () => countAnswer(context, startMs, labels));
    }
  };
  const countAnswer = (context: MeasuredContext, startMs: number, labels: RequestLabels) => {
    context.res = countedBody(context.res, (response_bytes) => {
      const duration_ms = clock.nowMs() - startMs;
      bus.emit("http.response.sent", { duration_ms, response_bytes }, labels);
    });
  };
  return async function measure(context, next) {
    const startMs = clock.nowMs();
    bus.emit("http.request.start", ONCE);
    try {
      await next();
    } catch (error) {
      // Not even the app's error handler took it, so the server will answer with 500.
      stop(context, startMs, error, 500);
      throw error;
    }
    stop(context, startMs, context.error, context.res.status);
  };
}

/** The bus of a registry without a node, on which only the plugin listens. */
function busOf({ registry, buckets, clock = systemClock }: HttpMetricsOptions): Bus {
  if (registry === undefined) {
    throw new TypeError("Cannot measure HTTP requests: bus or registry must be given");
  }
  const bus = createBus(silentLog);
  const host = {
    registry,
    bus,
    // The plugin has neither polls nor labels that a rule could be for.
    poller: new Poller({ clock, log: silentLog }),
    mappers: new LabelMappers((value) => value),
    defaults: {},
    onUnusable: () => {},
  };
  const chosen = buckets === undefined ? {} : { buckets: { [HTTP_DURATION]: buckets } };
  new InstalledPlugin(HTTP, host, chosen);
  return bus;
}

type RequestLabels = Readonly<Record<"method" | "route", string>> & { readonly status: number };

function labelsOf(context: MeasuredContext, status: number): RequestLabels {
  const { method } = context.req;
  return {
    method: METHODS.has(method) ? method : "_OTHER",
    route: routeOf(context, status),
    status,
  };
}

const templateOf = answeringRoute(({ path }) => path, "");

/** The template of the route that answered, or would have; a wildcard that found nothing is no route. */
function routeOf(context: MeasuredContext, status: number): string {
  const route = templateOf(context as unknown as Context);
  return status === 404 && route.endsWith("*") ? "" : route;
}

/** The bytes of its body that a request declares. */
function requestBytes({ req }: MeasuredContext): number | undefined {
  if (BODILESS.has(req.method)) return undefined;
  const text = req.raw.headers.get("content-length");
  // A header is whatever its sender wrote.
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
