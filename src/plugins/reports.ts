import type { LogSink } from "../io/log.ts";
import type { Bus } from "../telemetry/bus.ts";
import { BillingReport } from "./billing_report.ts";
import { definePlugin, type Plugin, type Reading } from "./plugin.ts";
import { eventName } from "./plugin_names.ts";
import type { Report } from "./report.ts";
import { ValidationReport } from "./validation_report.ts";

/** How often reports are made. */
export const REPORT_EVERY_MS = 60_000;

/** By measurement, the metric that shows it. */
const VALIDATION_METRICS: ReadonlyMap<string, string> = new Map([
  ["requests", "validation.report.requests"],
  ["errors", "validation.report.errors"],
  ["p50_ms", "validation.report.duration.p50.milliseconds"],
  ["p95_ms", "validation.report.duration.p95.milliseconds"],
  ["p99_ms", "validation.report.duration.p99.milliseconds"],
  ["false_positive_ratio", "validation.report.false_positive.ratio"],
  ["cache_hit_ratio", "validation.report.cache_hit.ratio"],
  ["rejections", "validation.report.rejections"],
]);
const BILLING_METRICS: ReadonlyMap<string, string> = new Map([
  ["payments", "billing.report.payments"],
  ["revenue_cents", "billing.report.revenue.cents"],
  ["failures", "billing.report.failures"],
  ["webhooks", "billing.report.webhooks"],
  ["credits_added", "billing.report.credits.added"],
  ["credits_consumed", "billing.report.credits.consumed"],
]);

/** Where reports come from and go to. */
export interface ReportsOptions {
  readonly bus: Bus;
  readonly log: LogSink;
  /** Of the platform's events. */
  readonly prefix: string;
}

/**
 * Sums up validations and billing, from when it is made. Every minute each sum is one line of the log,
 * an event (`validation.report`, `billing.report`), and gauges of this node. In a minute without
 * events the line is for debugging alone, the counts are 0, and what can't be told is hidden.
 */
export function reportsPlugin(options: ReportsOptions): Plugin {
  return definePlugin<string>({
    name: "reports",
    help: "What each node sums up every minute, for the log and for dashboards that show a minute.",
    metrics: {
      "validation.report.requests": {
        kind: "gauge",
        help: "Validation requests of the last minute.",
        group: "validation",
      },
      "validation.report.errors": {
        kind: "gauge",
        help: "Those of them that failed.",
        group: "validation",
      },
      "validation.report.duration.p50.milliseconds": {
        kind: "gauge",
        help: "Half of them took at most so many milliseconds.",
        group: "validation",
      },
      "validation.report.duration.p95.milliseconds": {
        kind: "gauge",
        help: "95% of them took at most so many milliseconds.",
        group: "validation",
      },
      "validation.report.duration.p99.milliseconds": {
        kind: "gauge",
        help: "99% of them took at most so many milliseconds.",
        group: "validation",
      },
      "validation.report.false_positive.ratio": {
        kind: "gauge",
        help: "False positives of the last minute over its requests.",
        group: "validation",
      },
      "validation.report.cache_hit.ratio": {
        kind: "gauge",
        help: "Hits of the cache over its lookups of the last minute.",
        group: "validation",
      },
      "validation.report.rejections": {
        kind: "gauge",
        help: "Findings that patterns rejected in the last minute.",
        group: "validation",
      },
      "billing.report.payments": {
        kind: "gauge",
        help: "Payments of the last minute.",
        group: "billing",
      },
      "billing.report.revenue.cents": {
        kind: "gauge",
        help: "Cents of the payments that succeeded in the last minute.",
        group: "billing",
      },
      "billing.report.failures": {
        kind: "gauge",
        help: "Payments, invoices and webhooks that failed in the last minute.",
        group: "billing",
      },
      "billing.report.webhooks": {
        kind: "gauge",
        help: "Webhooks that came in the last minute.",
        group: "billing",
      },
      "billing.report.credits.added": {
        kind: "gauge",
        help: "Credits that were added in the last minute.",
        group: "billing",
      },
      "billing.report.credits.consumed": {
        kind: "gauge",
        help: "Credits that were consumed in the last minute.",
        group: "billing",
      },
    },
    polls: {
      validation: {
        help: "The minute's validations.",
        metrics: [...VALIDATION_METRICS.values()],
        everyMs: REPORT_EVERY_MS,
        read: reader(new ValidationReport(), VALIDATION_METRICS, options),
      },
      billing: {
        help: "The minute's billing.",
        metrics: [...BILLING_METRICS.values()],
        everyMs: REPORT_EVERY_MS,
        read: reader(new BillingReport(), BILLING_METRICS, options),
      },
    },
  });
}

function reader(
  report: Report,
  metrics: ReadonlyMap<string, string>,
  { bus, log, prefix }: ReportsOptions,
): (signal: AbortSignal) => readonly Reading[] {
  let isFirst = true;
  return (signal) => {
    // The first reading is at once, when there is no minute to sum up yet.
    if (isFirst) {
      isFirst = false;
      listen(report, bus, prefix, signal);
      return [];
    }
    const { measurements, isQuiet } = report.sum();
    log.log(isQuiet ? "debug" : "info", report.sentence, { report: report.event, ...measurements });
    bus.emit(eventName(prefix, report.event), measurements);
    return [...metrics].flatMap(([name, metric]) => {
      const value = measurements[name];
      return value === undefined ? [] : [{ metric, value }];
    });
  };
}

function listen(report: Report, bus: Bus, prefix: string, signal: AbortSignal): void {
  for (const event of report.events) {
    const end = bus.attach(eventName(prefix, event), (_name, measurements, metadata) => {
      report.take(event, measurements, metadata);
    });
    signal.addEventListener("abort", end, { once: true });
  }
}
