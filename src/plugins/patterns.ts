import { definePlugin, type Plugin } from "./plugin.ts";

/** Security patterns in the code of customers. */
export const PATTERNS: Plugin = definePlugin({
  name: "patterns",
  help: "Security patterns in the code of customers.",
  metrics: {
    "security.patterns.detected.total": {
      kind: "counter",
      help: "Patterns that were found.",
      group: "detections",
      labels: ["pattern", "language", "severity"],
    },
    "security.patterns.rejected.total": {
      kind: "counter",
      help: "Findings that a check rejected.",
      group: "rejections",
      labels: ["pattern", "language", "reason"],
    },
  },
  events: {
    "security.pattern_detected": {
      help: "A pattern was found.",
      bindings: [
        { metric: "security.patterns.detected.total" },
      ],
    },
    "security.pattern_rejected": {
      help: "A finding was rejected.",
      bindings: [
        { metric: "security.patterns.rejected.total" },
      ],
    },
  },
});
