import { WORK_MS } from "./platform_buckets.ts";
import { definePlugin, type Plugin } from "./plugin.ts";

/** Tests that are analyzed, generated and integrated into a repository. */
export const TEST_INTEGRATION: Plugin = definePlugin({
  name: "test_integration",
  help: "Tests that are analyzed, generated and integrated into a repository.",
  metrics: {
    "test_integration.analyze.total": {
      kind: "counter",
      help: "Analyses of test files.",
      group: "analyze",
      labels: ["customer_id", "language", "framework", "status"],
    },
    "test_integration.generate.total": {
      kind: "counter",
      help: "Generations of tests.",
      group: "generate",
      labels: ["customer_id", "language", "framework", "status", "method"],
    },
    "test_integration.analyze.duration.milliseconds": {
      kind: "histogram",
      help: "Time of an analysis, in milliseconds.",
      group: "analyze",
      labels: ["language", "framework", "status"],
      buckets: WORK_MS,
    },
    "test_integration.generate.duration.milliseconds": {
      kind: "histogram",
      help: "Time of a generation, in milliseconds.",
      group: "generate",
      labels: ["language", "framework", "status", "method"],
      buckets: WORK_MS,
    },
    "test_integration.generate.lines.integrated": {
      kind: "histogram",
      help: "Lines of test code integrated by a generation.",
      group: "generate",
      labels: ["language", "framework"],
      buckets: [1, 5, 10, 25, 50, 100, 250, 500, 1_000],
    },
  },
  events: {
    "test_integration.analyze": {
      help: "A test file was analyzed.",
      bindings: [
        { metric: "test_integration.analyze.total" },
        { metric: "test_integration.analyze.duration.milliseconds", measurement: "duration_ms" },
      ],
    },
    "test_integration.generate": {
      help: "A test was generated.",
      bindings: [
        { metric: "test_integration.generate.total" },
        { metric: "test_integration.generate.duration.milliseconds", measurement: "duration_ms" },
        { metric: "test_integration.generate.lines.integrated", measurement: "lines_integrated" },
      ],
    },
  },
});
