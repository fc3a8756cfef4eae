import { definePlugin, type Plugin } from "./plugin.ts";

/** What visitors of the site become: signups, feedback, conversions and the customer funnel. */
export const WEB: Plugin = definePlugin({
  name: "web",
  help: "What visitors of the site become: signups, feedback, conversions and the customer funnel.",
  metrics: {
    "signups.total": {
      kind: "counter",
      help: "Accounts that were made.",
      group: "signups",
      labels: ["source", "domain"],
    },
    "signups.milestone": {
      kind: "gauge",
      help: "Accounts there were when a milestone was last reported.",
      group: "signups",
      labels: ["milestone"],
      merge: "max",
    },
    "feedback.submissions.total": {
      kind: "counter",
      help: "Feedback that was submitted.",
      group: "feedback",
      labels: ["type"],
    },
    "conversions.total": {
      kind: "counter",
      help: "Visitors that converted.",
      group: "conversions",
      labels: ["type"],
    },
    "funnel.steps.total": {
      kind: "counter",
      help: "Customers that reached a step of a funnel.",
      group: "funnel",
      labels: ["funnel", "step"],
    },
    "funnel.transitions.total": {
      kind: "counter",
      help:
        "Customers that reached a step from the one before: over the steps of that one, the step-to-step rate.",
      group: "funnel",
      labels: ["funnel", "from", "to"],
    },
  },
  events: {
    "signup.created": {
      help: "An account was made; domain is the part of the e-mail address after the @.",
      bindings: [
        { metric: "signups.total" },
      ],
    },
    "signup.milestone": {
      help: "The number of accounts passed a milestone.",
      bindings: [
        { metric: "signups.milestone", measurement: "signups" },
      ],
    },
    "feedback.submitted": {
      help: "Feedback was submitted.",
      bindings: [
        { metric: "feedback.submissions.total" },
      ],
    },
    "conversion.completed": {
      help: "A visitor converted.",
      bindings: [
        { metric: "conversions.total" },
      ],
    },
    "funnel.step": {
      help: "A customer reached a step; from is the step before, if any.",
      bindings: [
        { metric: "funnel.steps.total" },
        { metric: "funnel.transitions.total", labels: { to: "step" } },
      ],
    },
  },
});
