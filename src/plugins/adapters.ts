import { ADAPTER_FAILED } from "../telemetry/adapter_failed.ts";
import { definePlugin, type Plugin } from "./plugin.ts";

/** What wraps objects of other libraries, and may fail at measuring them. */
export const ADAPTERS: Plugin = definePlugin({
  name: "adapters",
  isInternal: true,
  help:
    "Adapters of other libraries and the HTTP middleware: where one fails at measuring, what it " +
    "measures goes on, and the failure is counted here.",
  options: { prefix: "" },
  metrics: {
    "muster.adapter.failures.total": {
      kind: "counter",
      help: "Failures of adapters at measuring, such as a sourceOf that throws.",
      group: "failures",
      labels: ["adapter"],
    },
  },
  events: {
    [ADAPTER_FAILED]: {
      help: "An adapter failed at measuring.",
      bindings: [{ metric: "muster.adapter.failures.total" }],
      metadata: { error: "What was thrown." },
    },
  },
});
