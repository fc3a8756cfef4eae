import { definePlugin, type Plugin } from "./plugin.ts";

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
/** From a short answer to a large download, each eight times the one before. */
const SIZE_BUCKETS: readonly number[] = [64, 512, 4_096, 32_768, 262_144, 2_097_152, 16_777_216];

/** The metric whose buckets the middleware's own option sets. */
export const HTTP_DURATION = "http.server.request.duration.seconds";

const LABELS = ["method", "route", "status"] as const;

/** Requests to a Hono app; the middleware `httpMetrics` emits the events. */
export const HTTP: Plugin = definePlugin({
  name: "http",
  help: "Requests to a Hono app, by method, template of the route and status. The middleware " +
    "httpMetrics emits the events. A request lasts until its answer is ready to be sent; a streamed " +
    "body follows after that.",
  options: { prefix: "" },
  isInternal: true,
  metrics: {
    [HTTP_DURATION]: {
      kind: "histogram",
      help: "Time to answer a request, in seconds.",
      group: "requests",
      unit: "seconds",
      labels: LABELS,
      buckets: DURATION_BUCKETS,
    },
    "http.server.active_requests": {
      kind: "gauge",
      help: "Requests that are being answered.",
      group: "requests",
      merge: "sum",
    },
    "http.server.exception.duration.seconds": {
      kind: "histogram",
      help: "Time until a handler threw, in seconds, by what it threw.",
      group: "exceptions",
      unit: "seconds",
      labels: [...LABELS, "error"],
      buckets: DURATION_BUCKETS,
    },
    "http.server.request.body.size.bytes": {
      kind: "histogram",
      help: "Bytes of the bodies of requests that declare them (Content-Length).",
      group: "sizes",
      unit: "bytes",
      labels: LABELS,
      buckets: SIZE_BUCKETS,
    },
    "http.server.response.body.size.bytes": {
      kind: "histogram",
      help: "Bytes of the bodies of answers that were sent, with countBodies.",
      group: "sizes",
      unit: "bytes",
      labels: LABELS,
      buckets: SIZE_BUCKETS,
    },
    "http.server.response.duration.seconds": {
      kind: "histogram",
      help: "Time until an answer's body was sent or given up, in seconds, with countBodies.",
      group: "sizes",
      unit: "seconds",
      labels: LABELS,
      buckets: DURATION_BUCKETS,
    },
  },
  events: {
    "http.request.start": {
      help: "A request arrived.",
      bindings: [{ metric: "http.server.active_requests", effect: "add" }],
    },
    "http.request.stop": {
      help: "The answer to a request is ready to be sent.",
      bindings: [
        { metric: "http.server.active_requests", effect: "subtract" },
        {
          metric: HTTP_DURATION,
          measurement: "duration_ms",
          convert: "ms_to_seconds",
        },
        { metric: "http.server.request.body.size.bytes", measurement: "request_bytes" },
      ],
    },
    "http.request.exception": {
      help: "A handler threw; the event comes before that of the answer.",
      bindings: [{
        metric: "http.server.exception.duration.seconds",
        measurement: "duration_ms",
        convert: "ms_to_seconds",
      }],
    },
    "http.response.sent": {
      help: "The body of an answer was sent, or given up by who was to read it.",
      bindings: [
        { metric: "http.server.response.body.size.bytes", measurement: "response_bytes" },
        {
          metric: "http.server.response.duration.seconds",
          measurement: "duration_ms",
          convert: "ms_to_seconds",
        },
      ],
    },
  },
});
