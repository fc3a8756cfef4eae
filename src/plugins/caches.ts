import { definePlugin, type Plugin } from "./plugin.ts";

const GROUP = "caches";
/** From the memory of a neighbour to a query that somebody should look at. */
const LOAD_BUCKETS: readonly number[] = [
  0.001,
  0.0025,
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
];

/** What the caches that `Muster.createCache` makes say of themselves, once a round and at each scrape. */
export const CACHES: Plugin = definePlugin({
  name: "caches",
  help: "Caches: hits, misses, size, what was dropped and why, and how long loading takes.",
  options: { prefix: "" },
  isInternal: true,
  metrics: {
    "muster.cache.hits.total": {
      kind: "counter",
      help:
        "Lookups that were answered: fresh, stale while it was loaded anew, or known as absent.",
      group: GROUP,
      labels: ["cache", "cause"],
    },
    "muster.cache.misses.total": {
      kind: "counter",
      help:
        "Lookups that were not: missing, expired, or unvouched, since an invalidation may be on its way.",
      group: GROUP,
      labels: ["cache", "cause"],
    },
    "muster.cache.entries": {
      kind: "gauge",
      help: "Entries that are held.",
      group: GROUP,
      labels: ["cache"],
    },
    "muster.cache.bytes": {
      kind: "gauge",
      help: "Bytes that they take, for caches that measure it.",
      group: GROUP,
      labels: ["cache"],
    },
    "muster.cache.evictions.total": {
      kind: "counter",
      help:
        "Entries that went since the cache was full, or that were not kept: too_large, or failed " +
        "to tell their size or tags.",
      group: GROUP,
      labels: ["cache", "cause"],
    },
    "muster.cache.invalidations.total": {
      kind: "counter",
      help: "Invalidations: of a key, of a tag or of all (clear) by the node that asked for it; " +
        "missed and topology by each node that it befell.",
      group: GROUP,
      labels: ["cache", "cause"],
    },
    "muster.cache.dropped_entries.total": {
      kind: "counter",
      help: "Entries that invalidations dropped, on every node.",
      group: GROUP,
      labels: ["cache", "cause"],
    },
    "muster.cache.load_duration_seconds": {
      kind: "histogram",
      help: "Time to load a value that was not there: found, absent, failed or timed_out.",
      group: GROUP,
      unit: "seconds",
      labels: ["cache", "outcome"],
      buckets: LOAD_BUCKETS,
    },
  },
  events: {
    "muster.cache.hit": {
      help: "Lookups were answered from a cache.",
      bindings: [{ metric: "muster.cache.hits.total" }],
    },
    "muster.cache.miss": {
      help: "Lookups were not.",
      bindings: [{ metric: "muster.cache.misses.total" }],
    },
    "muster.cache.size": {
      help: "How large a cache is now.",
      bindings: [
        { metric: "muster.cache.entries", measurement: "entries" },
        { metric: "muster.cache.bytes", measurement: "bytes" },
      ],
    },
    "muster.cache.eviction": {
      help: "Entries were evicted.",
      bindings: [{ metric: "muster.cache.evictions.total" }],
    },
    "muster.cache.invalidation": {
      help: "A cache was told to drop something.",
      bindings: [{ metric: "muster.cache.invalidations.total" }],
    },
    "muster.cache.dropped": {
      help: "Entries were dropped for it.",
      bindings: [{ metric: "muster.cache.dropped_entries.total" }],
    },
    "muster.cache.load": {
      help: "A value was loaded, or failed to.",
      bindings: [{
        metric: "muster.cache.load_duration_seconds",
        measurement: "duration_ms",
        convert: "ms_to_seconds",
      }],
    },
  },
});
