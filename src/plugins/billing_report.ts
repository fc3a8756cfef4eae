import type { Measurements, Metadata } from "../telemetry/bus.ts";
import { amountOf, countOf, type Report, type ReportSum } from "./report.ts";

/** What the status of a payment says when no money came. */
const FAILED: readonly unknown[] = ["failed", "failure", "error", "declined", "canceled"];

interface Sum {
  payments: number;
  revenue_cents: number;
  failures: number;
  webhooks: number;
  credits_added: number;
  credits_consumed: number;
}

/** Sums up billing: payments, revenue, failures, webhooks and credits. */
export class BillingReport implements Report {
  readonly event = "billing.report";
  readonly sentence = "Billing of the last minute.";
  readonly events: readonly string[] = [
    "billing.payment_processed",
    "billing.invoice_failed",
    "billing.stripe_webhook_received",
    "billing.stripe_webhook_failed",
    "billing.credits_added",
    "billing.credits_consumed",
  ];
  #sum = nothing();
  #isQuiet = true;

  take(event: string, measurements: Measurements, { status }: Metadata): void {
    const sum = this.#sum;
    const count = countOf(measurements);
    this.#isQuiet = false;
    switch (event) {
      case "billing.payment_processed":
        sum.payments += count;
        if (FAILED.includes(status)) sum.failures += count;
        else sum.revenue_cents += amountOf(measurements.amount_cents);
        break;
      case "billing.stripe_webhook_received":
        sum.webhooks += count;
        break;
      case "billing.credits_added":
        sum.credits_added += amountOf(measurements.quantity);
        break;
      case "billing.credits_consumed":
        sum.credits_consumed += amountOf(measurements.quantity);
        break;
      default:
        sum.failures += count;
    }
  }

  sum(): ReportSum {
    const sum: Readonly<Sum> = this.#sum;
    const isQuiet = this.#isQuiet;
    this.#sum = nothing();
    this.#isQuiet = true;
    return { measurements: { ...sum }, isQuiet };
  }
}

function nothing(): Sum {
  return {
    payments: 0,
    revenue_cents: 0,
    failures: 0,
    webhooks: 0,
    credits_added: 0,
    credits_consumed: 0,
  };
}
