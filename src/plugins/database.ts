import { definePlugin, type Plugin } from "./plugin.ts";

const TIME_BUCKETS: readonly number[] = [
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
  30,
];
const ROW_BUCKETS: readonly number[] = [0, 1, 5, 10, 50, 100, 500, 1_000, 5_000];
const QUERY_LABELS = ["repo", "source", "command"] as const;

/** A binding of a duration in milliseconds to a metric in seconds. */
function duration<M extends string>(metric: M, measurement: string) {
  return { metric, measurement, convert: "ms_to_seconds" } as const;
}

/** Queries, and the pools that their connections come from. */
export const DATABASE: Plugin = definePlugin({
  name: "database",
  help:
    "Queries by repository, source (a table, at most 100 of a repository) and command (the verb), " +
    "and pools of connections. The adapters measurePool (npm's pg) and measureSqlite (node:sqlite) " +
    "emit the events. Neither driver tells how long decoding took apart from executing, so that needs " +
    "an event of your own with decode_ms; node:sqlite has no pool, no queue and no idle time; queries " +
    "of pg's cursors and streams count in the pool's use alone.",
  options: { prefix: "" },
  isInternal: true,
  metrics: {
    "database.query.queue.seconds": {
      kind: "histogram",
      help: "Time that the first query after a checkout waited for its connection, in seconds.",
      group: "queries",
      unit: "seconds",
      labels: ["repo"],
      buckets: TIME_BUCKETS,
    },
    "database.query.idle.seconds": {
      kind: "histogram",
      help: "Time that a connection lay idle before it was checked out, in seconds.",
      group: "queries",
      unit: "seconds",
      labels: ["repo"],
      buckets: [0.001, 0.01, 0.05, 0.25, 1, 5, 10, 60, 300],
    },
    "database.query.execution.seconds": {
      kind: "histogram",
      help: "Time from sending a query to its last row, in seconds.",
      group: "queries",
      unit: "seconds",
      labels: QUERY_LABELS,
      buckets: TIME_BUCKETS,
    },
    "database.query.decode.seconds": {
      kind: "histogram",
      help: "Time to decode the rows of a query, in seconds, where the driver tells it.",
      group: "queries",
      unit: "seconds",
      labels: ["repo"],
      buckets: TIME_BUCKETS,
    },
    "database.query.duration.seconds": {
      kind: "histogram",
      help: "Time of a query as its caller sees it, queue, execution and decoding, in seconds.",
      group: "queries",
      unit: "seconds",
      labels: QUERY_LABELS,
      buckets: TIME_BUCKETS,
    },
    "database.query.rows": {
      kind: "histogram",
      help: "Rows that a query returned or changed.",
      group: "queries",
      labels: QUERY_LABELS,
      buckets: ROW_BUCKETS,
    },
    "database.query.errors.total": {
      kind: "counter",
      help: "Queries that failed, by what was thrown.",
      group: "queries",
      labels: [...QUERY_LABELS, "error"],
    },
    "database.checkout.failures.total": {
      kind: "counter",
      help: "Callers that were given no connection, by what was thrown.",
      group: "pool",
      labels: ["repo", "error"],
    },
    "database.pool.size": {
      kind: "gauge",
      help: "Connections that are open.",
      group: "pool",
      labels: ["repo"],
    },
    "database.pool.used": {
      kind: "gauge",
      help: "Connections that somebody uses.",
      group: "pool",
      labels: ["repo"],
    },
    "database.pool.idle": {
      kind: "gauge",
      help: "Connections that nobody uses.",
      group: "pool",
      labels: ["repo"],
    },
    "database.pool.waiting": {
      kind: "gauge",
      help: "Callers that wait for a connection.",
      group: "pool",
      labels: ["repo"],
    },
    "database.pool.size_max": {
      kind: "gauge",
      help: "Connections that the pool may open.",
      group: "pool",
      labels: ["repo"],
    },
  },
  events: {
    "database.query.stop": {
      help: "A query ended well.",
      bindings: [
        duration("database.query.queue.seconds", "queue_ms"),
        duration("database.query.idle.seconds", "idle_ms"),
        duration("database.query.execution.seconds", "execution_ms"),
        duration("database.query.decode.seconds", "decode_ms"),
        duration("database.query.duration.seconds", "total_ms"),
        { metric: "database.query.rows", measurement: "rows" },
      ],
    },
    "database.query.exception": {
      help: "A query failed.",
      bindings: [
        { metric: "database.query.errors.total" },
        duration("database.query.queue.seconds", "queue_ms"),
        duration("database.query.idle.seconds", "idle_ms"),
        duration("database.query.execution.seconds", "execution_ms"),
        duration("database.query.duration.seconds", "total_ms"),
      ],
    },
    "database.checkout.exception": {
      help: "A pool gave no connection.",
      bindings: [
        { metric: "database.checkout.failures.total" },
        duration("database.query.queue.seconds", "queue_ms"),
      ],
    },
    "database.pool": {
      help: "A connection was opened, taken, given back or closed, or somebody asked for one.",
      bindings: [
        { metric: "database.pool.size", measurement: "size" },
        { metric: "database.pool.used", measurement: "used" },
        { metric: "database.pool.idle", measurement: "idle" },
        { metric: "database.pool.waiting", measurement: "waiting" },
        { metric: "database.pool.size_max", measurement: "max" },
      ],
    },
  },
});
