import { AMOUNT_CENTS, PAYMENT_MS, WEBHOOK_MS } from "./platform_buckets.ts";
import { definePlugin, type Plugin } from "./plugin.ts";

/** Subscriptions, payments, invoices, webhooks, usage and credits. */
export const BILLING: Plugin = definePlugin({
  name: "billing",
  help: "Subscriptions, payments, invoices, webhooks, usage and credits.",
  metrics: {
    "billing.subscription_created.total": {
      kind: "counter",
      help: "Subscriptions that began.",
      group: "subscriptions",
      labels: ["customer_id", "plan", "status"],
    },
    "billing.subscription_renewed.total": {
      kind: "counter",
      help: "Subscriptions that were renewed.",
      group: "subscriptions",
      labels: ["customer_id", "plan", "status"],
    },
    "billing.subscription_cancelled.total": {
      kind: "counter",
      help: "Subscriptions that were cancelled.",
      group: "subscriptions",
      labels: ["customer_id", "plan", "reason"],
    },
    "billing.payment_processed.total": {
      kind: "counter",
      help: "Payments that were processed.",
      group: "payments",
      labels: ["customer_id", "plan", "status", "payment_method"],
    },
    "billing.payment_processed.amount.cents": {
      kind: "histogram",
      help: "Amount of a payment, in cents.",
      group: "payments",
      labels: ["plan", "status", "payment_method"],
      buckets: AMOUNT_CENTS,
    },
    "billing.payment_processed.duration.milliseconds": {
      kind: "histogram",
      help: "Time of processing a payment, in milliseconds.",
      group: "payments",
      labels: ["status", "payment_method"],
      buckets: PAYMENT_MS,
    },
    "billing.invoice_paid.total": {
      kind: "counter",
      help: "Invoices that were paid.",
      group: "invoices",
      labels: ["customer_id", "plan"],
    },
    "billing.invoice_paid.amount.cents": {
      kind: "histogram",
      help: "Amount of an invoice, in cents.",
      group: "invoices",
      labels: ["plan"],
      buckets: AMOUNT_CENTS,
    },
    "billing.invoice_failed.total": {
      kind: "counter",
      help: "Invoices whose payment failed.",
      group: "invoices",
      labels: ["customer_id", "plan", "failure_code"],
    },
    "billing.stripe_webhook_received.total": {
      kind: "counter",
      help: "Webhooks of Stripe that were received.",
      group: "webhooks",
      labels: ["event_type", "status"],
    },
    "billing.stripe_webhook_received.duration.milliseconds": {
      kind: "histogram",
      help: "Time of handling a webhook, in milliseconds.",
      group: "webhooks",
      labels: ["event_type", "status"],
      buckets: WEBHOOK_MS,
    },
    "billing.stripe_webhook_failed.total": {
      kind: "counter",
      help: "Webhooks of Stripe that failed.",
      group: "webhooks",
      labels: ["event_type", "reason"],
    },
    "billing.usage_tracked.total": {
      kind: "counter",
      help: "Uses that were tracked.",
      group: "usage",
      labels: ["customer_id", "plan"],
    },
    "billing.usage_tracked.quantity": {
      kind: "histogram",
      help: "Quantity of a use.",
      group: "usage",
      labels: ["plan"],
      buckets: [1, 2, 5, 10, 25, 50, 100],
    },
    "billing.credits_added.total": {
      kind: "counter",
      help: "Times that credits were added.",
      group: "credits",
      labels: ["customer_id", "reason"],
    },
    "billing.credits_added.quantity": {
      kind: "histogram",
      help: "Credits that were added at once.",
      group: "credits",
      labels: ["reason"],
      buckets: [5, 10, 20, 60, 120],
    },
    "billing.credits_consumed.total": {
      kind: "counter",
      help: "Credits that were consumed.",
      group: "credits",
      labels: ["customer_id", "reason"],
    },
  },
  events: {
    "billing.subscription_created": {
      help: "A subscription began.",
      bindings: [
        { metric: "billing.subscription_created.total" },
      ],
    },
    "billing.subscription_renewed": {
      help: "A subscription was renewed.",
      bindings: [
        { metric: "billing.subscription_renewed.total" },
      ],
    },
    "billing.subscription_cancelled": {
      help: "A subscription was cancelled.",
      bindings: [
        { metric: "billing.subscription_cancelled.total" },
      ],
    },
    "billing.payment_processed": {
      help: "A payment was processed.",
      bindings: [
        { metric: "billing.payment_processed.total" },
        { metric: "billing.payment_processed.amount.cents", measurement: "amount_cents" },
        { metric: "billing.payment_processed.duration.milliseconds", measurement: "duration_ms" },
      ],
    },
    "billing.invoice_paid": {
      help: "An invoice was paid.",
      bindings: [
        { metric: "billing.invoice_paid.total" },
        { metric: "billing.invoice_paid.amount.cents", measurement: "amount_cents" },
      ],
    },
    "billing.invoice_failed": {
      help: "The payment of an invoice failed.",
      bindings: [
        { metric: "billing.invoice_failed.total" },
      ],
    },
    "billing.stripe_webhook_received": {
      help: "A webhook of Stripe was received.",
      bindings: [
        { metric: "billing.stripe_webhook_received.total" },
        {
          metric: "billing.stripe_webhook_received.duration.milliseconds",
          measurement: "duration_ms",
        },
      ],
    },
    "billing.stripe_webhook_failed": {
      help: "A webhook of Stripe failed.",
      bindings: [
        { metric: "billing.stripe_webhook_failed.total" },
      ],
    },
    "billing.usage_tracked": {
      help: "A use was tracked.",
      bindings: [
        { metric: "billing.usage_tracked.total" },
        { metric: "billing.usage_tracked.quantity", measurement: "quantity" },
      ],
    },
    "billing.credits_added": {
      help: "Credits were added.",
      bindings: [
        { metric: "billing.credits_added.total" },
        { metric: "billing.credits_added.quantity", measurement: "quantity" },
      ],
    },
    "billing.credits_consumed": {
      help: "Credits were consumed.",
      bindings: [
        { metric: "billing.credits_consumed.total", measurement: "quantity" },
      ],
    },
  },
});
