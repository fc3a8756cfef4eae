import { definePlugin, type Plugin } from "./plugin.ts";

/** Validation requests, and the cache of false positives before them. */
export const VALIDATION_CACHE: Plugin = definePlugin({
  name: "validation_cache",
  help: "Validation requests, and the cache of false positives before them.",
  metrics: {
    "validation.requests.total": {
      kind: "counter",
      help: "Validation requests, by outcome: success or error.",
      group: "requests",
      labels: ["status"],
    },
    "validation.request.duration.milliseconds": {
      kind: "summary",
      help: "Time of a validation request in milliseconds; the quantiles of all nodes together.",
      group: "requests",
      quantiles: [0.5, 0.95, 0.99],
    },
    "validation.false_positives.total": {
      kind: "counter",
      help: "Findings that turned out to be false.",
      group: "false_positives",
      labels: ["language"],
    },
    "validation.cache.hits.total": {
      kind: "counter",
      help: "Validations that the cache answered.",
      group: "cache",
    },
    "validation.cache.misses.total": {
      kind: "counter",
      help: "Validations that the cache could not answer.",
      group: "cache",
    },
    "validation.cache.invalidations.total": {
      kind: "counter",
      help: "Entries of the cache that were invalidated.",
      group: "cache",
      labels: ["reason"],
    },
    "validation.cache.entries": {
      kind: "gauge",
      help: "Entries of the cache, as last reported.",
      group: "cache",
      merge: "latest",
    },
    "validation.cache.bytes": {
      kind: "gauge",
      help: "Memory of the cache in bytes, as last reported.",
      group: "cache",
      merge: "latest",
    },
    "validation.rejections.total": {
      kind: "counter",
      help: "Findings that a pattern rejected.",
      group: "rejections",
      labels: ["pattern", "reason"],
    },
  },
  events: {
    "validation.request": {
      help: "A validation request was answered; status is success or error.",
      bindings: [
        { metric: "validation.requests.total" },
        { metric: "validation.request.duration.milliseconds", measurement: "duration_ms" },
      ],
    },
    "validation.false_positive": {
      help: "A finding turned out to be false.",
      bindings: [
        { metric: "validation.false_positives.total" },
      ],
    },
    "validation.cache_hit": {
      help: "The cache answered.",
      bindings: [
        { metric: "validation.cache.hits.total" },
      ],
    },
    "validation.cache_miss": {
      help: "The cache could not answer.",
      bindings: [
        { metric: "validation.cache.misses.total" },
      ],
    },
    "validation.cache_invalidated": {
      help: "Entries of the cache were invalidated.",
      bindings: [
        { metric: "validation.cache.invalidations.total" },
      ],
    },
    "validation.cache_state": {
      help: "The size of the cache was looked at.",
      bindings: [
        { metric: "validation.cache.entries", measurement: "entries" },
        { metric: "validation.cache.bytes", measurement: "bytes" },
      ],
    },
    "validation.rejection": {
      help: "A pattern rejected a finding.",
      bindings: [
        { metric: "validation.rejections.total" },
      ],
    },
  },
});
