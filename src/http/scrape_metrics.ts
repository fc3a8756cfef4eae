import type { CounterFamily } from "../metrics/counter.ts";
import type { Gauge } from "../metrics/gauge.ts";
import type { Registry } from "../metrics/registry.ts";

/** Why a scrape got nothing, or not all. */
export type ScrapeError = "gathering" | "in_flight" | "rendering" | "slow_reader";

const ERRORS: readonly ScrapeError[] = ["gathering", "in_flight", "rendering", "slow_reader"];
const CODES: readonly string[] = ["200", "500", "503"];

/** What a node measures of the requests to its metrics pages. */
export interface ScrapeMetrics {
  readonly requests: CounterFamily<"code">;
  readonly inFlight: Gauge;
  readonly errors: CounterFamily<"cause">;
}

/** Registers the metrics of scrapes; codes and causes that are known beforehand start at 0. */
export function createScrapeMetrics(registry: Registry): ScrapeMetrics {
  const requests = registry.counter({
    name: "muster_scrape_requests_total",
    help: "Requests for the pages of metrics, by status code.",
    labels: ["code"],
  });
  for (const code of CODES) requests.labels({ code });
  const errors = registry.counter({
    name: "muster_scrape_errors_total",
    help: "Requests for the pages of metrics that got nothing or not all, by cause.",
    labels: ["cause"],
  });
  for (const cause of ERRORS) errors.labels({ cause });
  return {
    requests,
    errors,
    inFlight: registry.gauge({
      name: "muster_scrape_requests_in_flight",
      help: "Requests for the pages of metrics that are being answered.",
    }),
  };
}
