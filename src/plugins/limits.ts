import { definePlugin, type Plugin } from "./plugin.ts";

const GROUP = "limits";
/** From a decision in memory to the deadline of a slow store. */
const DURATION_BUCKETS: readonly number[] = [
  0.000001,
  0.000005,
  0.00002,
  0.0001,
  0.0005,
  0.001,
  0.0025,
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
];

/** What limiters say of themselves besides their decisions, once a round and at each scrape. */
export const LIMITS: Plugin = definePlugin({
  name: "limits",
  help: "Rate limiters: how long they take, what they hold, their shares and their stores.",
  options: { prefix: "" },
  isInternal: true,
  metrics: {
    "muster.rate_limiter.decision_duration_seconds": {
      kind: "histogram",
      help: "Time for a decision: each one of a store, and one of 1,024 of those in memory.",
      group: GROUP,
      unit: "seconds",
      labels: ["limit", "scope"],
      buckets: DURATION_BUCKETS,
    },
    "muster.rate_limiter.keys": {
      kind: "gauge",
      help: "Keys in memory, some of which may have expired.",
      group: GROUP,
      labels: ["limit", "scope"],
    },
    "muster.rate_limiter.evictions.total": {
      kind: "counter",
      help: "Keys that were forgotten before they expired, since there were too many.",
      group: GROUP,
      labels: ["limit", "scope"],
    },
    "muster.rate_limiter.share_ratio": {
      kind: "gauge",
      help: "The part of a split limit that a node may admit.",
      group: GROUP,
      labels: ["limit", "policy"],
    },
    "muster.rate_limiter.store_errors.total": {
      kind: "counter",
      help:
        "Answers of a store that did not come in time, failed, or were not asked for as too many " +
        "requests waited.",
      group: GROUP,
      labels: ["limit", "cause"],
    },
    "muster.rate_limiter.without_store.total": {
      kind: "counter",
      help: "Decisions of shared limiters that were made without their store, by what they did.",
      group: GROUP,
      labels: ["limit", "fail"],
    },
    "muster.rate_limiter.trial_failures.total": {
      kind: "counter",
      help: "Requests of dry runs for which key, cost, skip or onLimited failed.",
      group: GROUP,
      labels: ["limit", "scope"],
    },
  },
  events: {
    "muster.rate_limiter.timing": {
      help: "A decision was timed.",
      bindings: [{
        metric: "muster.rate_limiter.decision_duration_seconds",
        measurement: "duration_ms",
        convert: "ms_to_seconds",
      }],
    },
    "muster.rate_limiter.state": {
      help: "How large a limiter is now, and what it has forgotten since the last time.",
      bindings: [
        { metric: "muster.rate_limiter.keys", measurement: "keys" },
        { metric: "muster.rate_limiter.evictions.total", measurement: "evictions" },
      ],
    },
    "muster.rate_limiter.share": {
      help: "What a node may admit of a split limit.",
      bindings: [{ metric: "muster.rate_limiter.share_ratio", measurement: "ratio" }],
    },
    "muster.rate_limiter.store_error": {
      help: "Answers of a store did not come.",
      bindings: [{ metric: "muster.rate_limiter.store_errors.total" }],
    },
    "muster.rate_limiter.without_store": {
      help: "Decisions were made without a store.",
      bindings: [{ metric: "muster.rate_limiter.without_store.total" }],
    },
    "muster.rate_limiter.trial_failure": {
      help: "Something failed for requests of a dry run.",
      bindings: [{ metric: "muster.rate_limiter.trial_failures.total" }],
    },
  },
});
