import { type Exporter, exporterList } from "../exporter_list.ts";
import type { OptionTable } from "../option.ts";
import { ipAddress, portNumber, urlPath, wholeNumber, yesOrNo } from "../parsers.ts";
import { constantLabels, labelNames, namePatterns, renamings } from "../relabelling.ts";

/** What this node measures, and how it shows that. `undefined`: not set, and no default of its own. */
export interface MetricsOptions {
  readonly metricsEnabled: boolean;
  readonly metricsPort: number;
  readonly metricsListenHost: string;
  readonly metricsPath: string;
  readonly scrapeTimeoutMs: number;
  readonly createdSamples: boolean;
  readonly exporters: readonly Exporter[];
  readonly constantLabels: Readonly<Record<string, string>>;
  readonly dropMetrics: readonly string[];
  readonly dropLabels: readonly string[];
  readonly renameMetrics: Readonly<Record<string, string>>;
  readonly seriesPerFamilyMax: number;
  readonly cellsMax: number;
}

/** A row for each of {@linkcode MetricsOptions}. */
export const METRICS_OPTIONS: OptionTable<MetricsOptions> = {
  metricsEnabled: {
    env: "ENABLE_PROMETHEUS_METRICS",
    parse: yesOrNo,
    default: true,
    isSwitch: true,
    doc:
      "Collect and serve metrics. Off: nothing is collected or polled and the metrics path is 404.",
  },
  metricsPort: {
    env: "METRICS_PORT",
    parse: portNumber,
    default: 4021,
    doc:
      "Port of the metrics, health and cluster pages. 0: any free port. The value tcp://… of a " +
      "Kubernetes Service called metrics is taken as not set.",
  },
  metricsListenHost: {
    env: "METRICS_LISTEN_HOST",
    parse: ipAddress,
    default: "0.0.0.0",
    doc: "Address the metrics port listens on; :: for IPv6 and IPv4.",
  },
  metricsPath: {
    env: "METRICS_PATH",
    parse: urlPath,
    default: "/metrics",
    doc: "Path of the cluster's metrics; this node's own are below it at /node.",
  },
  scrapeTimeoutMs: {
    env: "METRICS_SCRAPE_TIMEOUT_MS",
    parse: wholeNumber(100, 600_000),
    default: 10_000,
    doc:
      "Time for a scrape whose scraper does not tell its own (X-Prometheus-Scrape-Timeout-Seconds).",
  },
  createdSamples: {
    env: "METRICS_CREATED_SAMPLES",
    parse: yesOrNo,
    default: false,
    isSwitch: true,
    doc:
      "Add a _created sample with the time of making to each counter, histogram and summary in " +
      "OpenMetrics, which is one series more for each of them.",
  },
  exporters: {
    env: "METRICS_SOURCES",
    parse: exporterList,
    default: [],
    defaultDoc: "none",
    doc:
      "Exporters of this pod alone whose metrics join its own, as name=http://127.0.0.1:9187/metrics,…",
  },
  constantLabels: {
    env: "METRICS_CONSTANT_LABELS",
    parse: constantLabels,
    default: {},
    defaultDoc: "none",
    doc:
      "Labels of every series, as env=prod,region=eu. A metric that has a label of that name keeps " +
      "its own; a source's becomes exported_…",
  },
  dropMetrics: {
    env: "METRICS_DROP",
    parse: namePatterns,
    default: [],
    defaultDoc: "none",
    doc: "Names of metrics that are not kept, sources' too, as go_*,process_*.",
  },
  dropLabels: {
    env: "METRICS_DROP_LABELS",
    parse: labelNames,
    default: [],
    defaultDoc: "none",
    doc:
      "Labels that no metric of this process has, as customer_id,host: what differs in nothing else " +
      "is counted together. Sources keep theirs.",
  },
  renameMetrics: {
    env: "METRICS_RENAME",
    parse: renamings,
    default: {},
    defaultDoc: "none",
    doc: "New names of metrics, sources' too, as old_total=new_total,…",
  },
  seriesPerFamilyMax: {
    env: "METRICS_SERIES_PER_FAMILY_MAX",
    // Muster's own families, such as the reasons of refusals, fit into the least of it.
    parse: wholeNumber(100, 10_000_000),
    default: 10_000,
    doc: "Series that one metric may have; what is beyond goes to one overflow series.",
  },
  cellsMax: {
    env: "METRICS_CELLS_MAX",
    // With less the plugins that are there by default could not be installed.
    parse: wholeNumber(2_000, 100_000_000),
    default: 2_000_000,
    doc: "Numbers that this node may hold for all its metrics together.",
  },
};
