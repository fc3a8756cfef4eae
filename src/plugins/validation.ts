import { WORK_MS } from "./platform_buckets.ts";
import { definePlugin, type Plugin } from "./plugin.ts";

/** Validations of vulnerabilities by tests. */
export const VALIDATION: Plugin = definePlugin({
  name: "validation",
  help: "Validations of vulnerabilities by tests.",
  metrics: {
    "validation.executions.total": {
      kind: "counter",
      help: "Validations.",
      group: "executions",
      labels: ["customer_id", "language", "framework", "status"],
    },
    "validation.test_generated.total": {
      kind: "counter",
      help: "Tests generated for a validation.",
      group: "tests",
      labels: ["customer_id", "language", "framework", "status"],
    },
    "validation.duration.milliseconds": {
      kind: "histogram",
      help: "Time of a validation, in milliseconds.",
      group: "executions",
      labels: ["language", "framework", "status"],
      buckets: WORK_MS,
    },
  },
  events: {
    "validation.execution": {
      help: "A validation ended.",
      bindings: [
        { metric: "validation.executions.total" },
        { metric: "validation.duration.milliseconds", measurement: "duration_ms" },
      ],
    },
    "validation.test_generated": {
      help: "A test was generated for a validation.",
      bindings: [
        { metric: "validation.test_generated.total" },
      ],
    },
  },
});
