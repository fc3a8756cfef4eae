import { definePlugin, type Plugin } from "./plugin.ts";

/** Decisions of rate limiters. */
export const RATE_LIMITER: Plugin = definePlugin({
  name: "rate_limiter",
  help: "Decisions of rate limiters.",
  metrics: {
    "rate_limiter.limit_exceeded.total": {
      kind: "counter",
      help: "Cost of the requests that a limit refused.",
      group: "decisions",
      labels: ["limit", "scope"],
    },
    "rate_limiter.requests_allowed.total": {
      kind: "counter",
      help: "Cost of the requests that a limit allowed.",
      group: "decisions",
      labels: ["limit", "scope"],
    },
    "rate_limiter.current_count": {
      kind: "gauge",
      help: "Cost that was admitted in the current window, over all nodes.",
      group: "windows",
      labels: ["limit", "scope"],
      merge: "sum",
    },
  },
  events: {
    "rate_limiter.decision": {
      help: "What a limiter decided since the last round or scrape; outcome is allowed or limited.",
      bindings: [
        {
          metric: "rate_limiter.limit_exceeded.total",
          measurement: "cost",
          fallback: 1,
          when: { outcome: "limited" },
        },
        {
          metric: "rate_limiter.requests_allowed.total",
          measurement: "cost",
          fallback: 1,
          when: { outcome: "allowed" },
        },
        { metric: "rate_limiter.current_count", measurement: "current_count" },
      ],
    },
  },
});
