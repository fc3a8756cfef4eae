import { definePlugin, type Plugin } from "./plugin.ts";

const LABELS = ["queue", "worker"] as const;
const RUN_BUCKETS: readonly number[] = [0.01, 0.05, 0.1, 0.5, 1, 5, 20, 60, 300, 1_800];
const WAIT_BUCKETS: readonly number[] = [0.1, 0.5, 1, 5, 20, 60, 300, 1_800, 7_200];

/** Work that is done in the background. */
export const JOBS: Plugin = definePlugin({
  name: "jobs",
  help:
    "Work in the background, by queue and worker, which is what a job is called. The adapter measureJob emits the events. A process " +
    "that ends with its job keeps its counts in the cluster: see runJob.",
  options: { prefix: "" },
  isInternal: true,
  metrics: {
    "jobs.active": {
      kind: "gauge",
      help: "Jobs that are running.",
      group: "runs",
      labels: LABELS,
      merge: "sum",
    },
    "jobs.queue.seconds": {
      kind: "histogram",
      help: "Time from the entry into the queue to the start, in seconds.",
      group: "waiting",
      unit: "seconds",
      labels: LABELS,
      buckets: WAIT_BUCKETS,
    },
    "jobs.wait.seconds": {
      kind: "histogram",
      help: "Time from when a job was due to its start, in seconds.",
      group: "waiting",
      unit: "seconds",
      labels: LABELS,
      buckets: WAIT_BUCKETS,
    },
    "jobs.run.seconds": {
      kind: "histogram",
      help: "Time of a run in seconds, by how it ended: success, failure, or discarded.",
      group: "runs",
      unit: "seconds",
      labels: [...LABELS, "state"],
      buckets: RUN_BUCKETS,
    },
    "jobs.attempts": {
      kind: "histogram",
      help: "Which attempt a run was, by how it ended.",
      group: "runs",
      labels: [...LABELS, "state"],
      buckets: [1, 2, 3, 5, 10, 20],
    },
    "jobs.failures.total": {
      kind: "counter",
      help: "Runs that failed, by what was thrown.",
      group: "runs",
      labels: [...LABELS, "error"],
    },
    "jobs.last_success.timestamp.seconds": {
      kind: "gauge",
      help: "When a run last ended well, in seconds since the Unix epoch, while its node lives.",
      group: "runs",
      unit: "seconds",
      labels: LABELS,
      merge: "max",
    },
  },
  events: {
    "jobs.start": {
      help: "A run began.",
      bindings: [
        { metric: "jobs.active", effect: "add" },
        { metric: "jobs.queue.seconds", measurement: "queue_ms", convert: "ms_to_seconds" },
        { metric: "jobs.wait.seconds", measurement: "wait_ms", convert: "ms_to_seconds" },
      ],
    },
    "jobs.stop": {
      help: "A run ended well.",
      bindings: [
        { metric: "jobs.active", effect: "subtract" },
        { metric: "jobs.run.seconds", measurement: "run_ms", convert: "ms_to_seconds" },
        { metric: "jobs.attempts", measurement: "attempts" },
        {
          metric: "jobs.last_success.timestamp.seconds",
          measurement: "at_ms",
          convert: "ms_to_seconds",
        },
      ],
    },
    "jobs.exception": {
      help: "A run failed.",
      bindings: [
        { metric: "jobs.active", effect: "subtract" },
        { metric: "jobs.run.seconds", measurement: "run_ms", convert: "ms_to_seconds" },
        { metric: "jobs.attempts", measurement: "attempts" },
        { metric: "jobs.failures.total" },
      ],
    },
  },
});
