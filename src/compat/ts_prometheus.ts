/**
 * The surface of `ts_prometheus` over Muster's metrics: programs written for it run with only the
 * import changed, but for what README's table of differences has. To have the metrics in the
 * cluster's, add the registry as a source.
 *
 * @example
 * ```ts
 * import { Counter, Registry } from "@muster/muster/ts-prometheus";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const requests = Counter.with({
 *   name: "http_requests_total",
 *   help: "The total number of HTTP requests.",
 *   labels: ["method", "status"],
 * });
 * requests.labels({ method: "GET", status: "201" }).inc();
 *
 * assertStringIncludes(
 *   Registry.default.metrics(),
 *   'http_requests_total{method="GET",status="201"} 1\n',
 * );
 * ```
 *
 * @module
 */
export { Counter, type CounterSeries } from "./ts_prometheus/counter.ts";
export { Gauge, type GaugeSeries } from "./ts_prometheus/gauge.ts";
export { Histogram, type HistogramConfig } from "./ts_prometheus/histogram.ts";
export { type Labels, Metric, type MetricConfig } from "./ts_prometheus/metric.ts";
export { Registry } from "./ts_prometheus/registry.ts";
export type { Dec, Inc, Observe, Set, Value } from "./ts_prometheus/series_use.ts";
export { Summary, type SummaryConfig, type SummarySeries } from "./ts_prometheus/summary.ts";
