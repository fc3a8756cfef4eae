import type { MetricDefinition } from "./metric_definition.ts";

/** A name as a plugin writes it: words of lower-case letters, digits and underscores, with dots between. */
export const DOTTED_NAME: RegExp = /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$/;

/** The name on the bus: `billing.invoice_paid` with the prefix `rsolv` is `rsolv.billing.invoice_paid`. */
export function eventName(prefix: string, name: string): string {
  return prefix === "" ? name : `${prefix}.${name}`;
}

/** The name that is exposed: `billing.invoice_paid.total` becomes `rsolv_billing_invoice_paid_total`. */
export function metricName(prefix: string, name: string): string {
  return eventName(prefix, name).replaceAll(".", "_");
}

/** What the name of a metric of a kind must end with, or null. */
export function requiredEnding({ kind }: MetricDefinition): string | null {
  if (kind === "counter") return "total";
  return kind === "info" ? "info" : null;
}
