import { PAYMENT_MS } from "./platform_buckets.ts";
import { definePlugin, type Plugin } from "./plugin.ts";

/** Onboardings of customers. */
export const CUSTOMER_ONBOARDING: Plugin = definePlugin({
  name: "customer_onboarding",
  help: "Onboardings of customers.",
  metrics: {
    "customer_onboarding.complete.total": {
      kind: "counter",
      help: "Onboardings that were completed.",
      group: "onboardings",
      labels: ["status", "source"],
    },
    "customer_onboarding.failed.total": {
      kind: "counter",
      help: "Onboardings that failed.",
      group: "onboardings",
      labels: ["source", "reason"],
    },
    "customer_onboarding.duration.milliseconds": {
      kind: "histogram",
      help: "Time of an onboarding, completed or failed, in milliseconds.",
      group: "durations",
      labels: ["status", "source"],
      buckets: PAYMENT_MS,
    },
  },
  events: {
    "customer_onboarding.complete": {
      help: "An onboarding was completed.",
      bindings: [
        { metric: "customer_onboarding.complete.total" },
        { metric: "customer_onboarding.duration.milliseconds", measurement: "duration_ms" },
      ],
    },
    "customer_onboarding.failed": {
      help: "An onboarding failed.",
      bindings: [
        { metric: "customer_onboarding.failed.total" },
        { metric: "customer_onboarding.duration.milliseconds", measurement: "duration_ms" },
      ],
    },
  },
});
