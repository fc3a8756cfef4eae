/** One row of what the platform's dashboards and alerts rely on, written down by itself. */
export interface InventoryRow {
  /** Without the prefix, as it is exposed. */
  readonly metric: string;
  readonly kind: "counter" | "gauge" | "histogram";
  /** Without the prefix. */
  readonly event: string;
  readonly measurement: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
  /** What the event must carry besides for this metric to move. */
  readonly when?: Readonly<Record<string, string>>;
}

const WORK: readonly number[] = [
  10,
  25,
  50,
  100,
  250,
  500,
  1_000,
  2_500,
  5_000,
  10_000,
  30_000,
  60_000,
  120_000,
  300_000,
];
const PAYMENT = [100, 250, 500, 1_000, 2_500, 5_000, 10_000];
const AMOUNT = [100, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000];
const WEBHOOK = [10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000];

/** A counter whose event has its name without `_total`, and counts. */
function counter(event: string, labels: string, measurement = "count"): InventoryRow {
  const metric = `${event.replaceAll(".", "_")}_total`;
  return { metric, kind: "counter", event, measurement, labels: labels.split(" ") };
}

function histogram(
  metric: string,
  event: string,
  measurement: string,
  labels: string,
  buckets: readonly number[],
): InventoryRow {
  return { metric, kind: "histogram", event, measurement, labels: labels.split(" "), buckets };
}

const LIMIT = { event: "rate_limiter.decision", labels: ["limit", "scope"] } as const;

/** Every metric of the platform's six plugins. */
export const INVENTORY: readonly InventoryRow[] = [
  counter("test_integration.analyze", "customer_id language framework status"),
  counter("test_integration.generate", "customer_id language framework status method"),
  histogram(
    "test_integration_analyze_duration_milliseconds",
    "test_integration.analyze",
    "duration_ms",
    "language framework status",
    WORK,
  ),
  histogram(
    "test_integration_generate_duration_milliseconds",
    "test_integration.generate",
    "duration_ms",
    "language framework status method",
    WORK,
  ),
  histogram(
    "test_integration_generate_lines_integrated",
    "test_integration.generate",
    "lines_integrated",
    "language framework",
    [1, 5, 10, 25, 50, 100, 250, 500, 1_000],
  ),
  {
    ...counter("validation.execution", "customer_id language framework status"),
    metric: "validation_executions_total",
  },
  counter("validation.test_generated", "customer_id language framework status"),
  histogram(
    "validation_duration_milliseconds",
    "validation.execution",
    "duration_ms",
    "language framework status",
    WORK,
  ),
  {
    ...counter("mitigation.execution", "customer_id language framework status"),
    metric: "mitigation_executions_total",
  },
  histogram(
    "mitigation_trust_score_value",
    "mitigation.execution",
    "trust_score",
    "language framework",
    [10, 20, 30, 40, 50, 60, 70, 80, 90, 100],
  ),
  counter("billing.subscription_created", "customer_id plan status"),
  counter("billing.subscription_renewed", "customer_id plan status"),
  counter("billing.subscription_cancelled", "customer_id plan reason"),
  counter("billing.payment_processed", "customer_id plan status payment_method"),
  histogram(
    "billing_payment_processed_amount_cents",
    "billing.payment_processed",
    "amount_cents",
    "plan status payment_method",
    AMOUNT,
  ),
  histogram(
    "billing_payment_processed_duration_milliseconds",
    "billing.payment_processed",
    "duration_ms",
    "status payment_method",
    PAYMENT,
  ),
  counter("billing.invoice_paid", "customer_id plan"),
  histogram(
    "billing_invoice_paid_amount_cents",
    "billing.invoice_paid",
    "amount_cents",
    "plan",
    AMOUNT,
  ),
  counter("billing.invoice_failed", "customer_id plan failure_code"),
  counter("billing.stripe_webhook_received", "event_type status"),
  histogram(
    "billing_stripe_webhook_received_duration_milliseconds",
    "billing.stripe_webhook_received",
    "duration_ms",
    "event_type status",
    WEBHOOK,
  ),
  counter("billing.stripe_webhook_failed", "event_type reason"),
  counter("billing.usage_tracked", "customer_id plan"),
  histogram("billing_usage_tracked_quantity", "billing.usage_tracked", "quantity", "plan", [
    1,
    2,
    5,
    10,
    25,
    50,
    100,
  ]),
  counter("billing.credits_added", "customer_id reason"),
  histogram("billing_credits_added_quantity", "billing.credits_added", "quantity", "reason", [
    5,
    10,
    20,
    60,
    120,
  ]),
  counter("billing.credits_consumed", "customer_id reason", "quantity"),
  counter("customer_onboarding.complete", "status source"),
  counter("customer_onboarding.failed", "source reason"),
  histogram(
    "customer_onboarding_duration_milliseconds",
    "customer_onboarding.complete",
    "duration_ms",
    "status source",
    PAYMENT,
  ),
  {
    ...LIMIT,
    metric: "rate_limiter_limit_exceeded_total",
    kind: "counter",
    measurement: "cost",
    when: { outcome: "limited" },
  },
  {
    ...LIMIT,
    metric: "rate_limiter_requests_allowed_total",
    kind: "counter",
    measurement: "cost",
    when: { outcome: "allowed" },
  },
  { ...LIMIT, metric: "rate_limiter_current_count", kind: "gauge", measurement: "current_count" },
];
