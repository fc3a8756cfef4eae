import { definePlugin, type Plugin } from "./plugin.ts";

/** Mitigations of vulnerabilities, and how far they are trusted. */
export const MITIGATION: Plugin = definePlugin({
  name: "mitigation",
  help: "Mitigations of vulnerabilities, and how far they are trusted.",
  metrics: {
    "mitigation.executions.total": {
      kind: "counter",
      help: "Mitigations.",
      group: "executions",
      labels: ["customer_id", "language", "framework", "status"],
    },
    "mitigation.trust_score.value": {
      kind: "histogram",
      help: "Trust in a mitigation, from 0 to 100.",
      group: "trust",
      labels: ["language", "framework"],
      buckets: [10, 20, 30, 40, 50, 60, 70, 80, 90, 100],
    },
  },
  events: {
    "mitigation.execution": {
      help: "A mitigation ended.",
      bindings: [
        { metric: "mitigation.executions.total" },
        { metric: "mitigation.trust_score.value", measurement: "trust_score" },
      ],
      measurements: { trust_score: { max: 100 } },
    },
  },
});
