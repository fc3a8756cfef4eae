import type { LogLevel } from "../io/log.ts";
import type { DnsServer } from "../io/resolv_conf.ts";
import { type Exporter, exporterList } from "./exporter_list.ts";
import type { Option } from "./option.ts";
import {
  addressList,
  dnsName,
  ipAddress,
  oneOf,
  peerList,
  textLike,
  urlPath,
  wholeNumber,
  yesOrNo,
} from "./parsers.ts";

/** The value of each option by itself. `undefined`: not set, and no default of its own. */
export interface OptionValues {
  readonly metricsEnabled: boolean;
  readonly metricsPort: number;
  readonly metricsListenHost: string;
  readonly metricsPath: string;
  readonly appPort: number;
  readonly appListenHost: string;
  readonly authKind: "none" | "bearer" | "basic";
  readonly authToken: string | undefined;
  readonly authUsername: string | undefined;
  readonly authPassword: string | undefined;
  readonly scrapeTimeoutMs: number;
  readonly createdSamples: boolean;
  readonly exporters: readonly Exporter[];
  readonly seriesPerFamilyMax: number;
  readonly cellsMax: number;
  readonly clusterName: string | undefined;
  readonly clusterSecret: string | undefined;
  readonly clusterSecretPrevious: string | undefined;
  readonly discoveryKind: "dns" | "static" | "none" | undefined;
  readonly dnsName: string | undefined;
  readonly clusterDomain: string;
  readonly portName: string;
  readonly dnsServers: readonly DnsServer[] | undefined;
  readonly peers: readonly string[] | undefined;
  readonly heartbeatMs: number;
  readonly suspectAfterMs: number;
  readonly downAfterMs: number;
  readonly exchangeTimeoutMs: number;
  readonly exchangeBodyBytesMax: number;
  readonly podName: string | undefined;
  readonly podIp: string | undefined;
  readonly podNamespace: string | undefined;
  readonly logLevel: LogLevel;
  readonly logFormat: "auto" | "json" | "pretty";
}

/** The option table: each option exactly once, in the order of `--help`. */
export type OptionTable = { readonly [K in keyof OptionValues]: Option<OptionValues[K]> };

const port = wholeNumber(0, 65_535);
const secret = textLike(
  /^[!-+\--~]{16,1024}$/,
  "16 to 1024 printable ASCII characters without space or comma",
);
// RFC 6750 §2.1, b64token.
const bearerToken = textLike(
  /^[A-Za-z0-9._~+/-]{1,1023}=*$/,
  "letters, digits and . _ ~ + / -, with = only at the end",
);
const dnsLabel = textLike(
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  "at most 63 lower-case letters, digits and hyphens",
);

/** Every option of Muster. Docs, `--help` and the parser all read this table. */
export const OPTIONS: OptionTable = {
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
    parse: port,
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
  appPort: {
    env: "PORT",
    parse: port,
    default: 4000,
    doc: "Port of the application. 0: any free port.",
  },
  appListenHost: {
    env: "MUSTER_APP_LISTEN_HOST",
    parse: ipAddress,
    default: "0.0.0.0",
    doc: "Address the application's port listens on; :: for IPv6 and IPv4.",
  },
  authKind: {
    env: "METRICS_AUTH",
    parse: oneOf(["none", "bearer", "basic"]),
    default: "none",
    doc: "What a reader of the metrics must prove: none, bearer (METRICS_AUTH_TOKEN) or basic " +
      "(METRICS_AUTH_USERNAME and METRICS_AUTH_PASSWORD).",
  },
  authToken: {
    env: "METRICS_AUTH_TOKEN",
    parse: bearerToken,
    default: undefined,
    secret: true,
    doc: "The token for METRICS_AUTH=bearer.",
  },
  authUsername: {
    env: "METRICS_AUTH_USERNAME",
    // RFC 7617 §2: no colon, no control character.
    parse: textLike(
      /^[^:\p{Cc}]{1,256}$/u,
      "1 to 256 characters without colon or control character",
    ),
    default: undefined,
    doc: "The user name for METRICS_AUTH=basic.",
  },
  authPassword: {
    env: "METRICS_AUTH_PASSWORD",
    parse: textLike(/^[^\p{Cc}]{1,1024}$/u, "1 to 1024 characters without control character"),
    default: undefined,
    secret: true,
    doc: "The password for METRICS_AUTH=basic.",
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
  seriesPerFamilyMax: {
    env: "METRICS_SERIES_PER_FAMILY_MAX",
    // Muster's own families, such as the reasons of refusals, fit into the least of it.
    parse: wholeNumber(100, 10_000_000),
    default: 10_000,
    doc: "Series that one metric may have; what is beyond goes to one overflow series.",
  },
  cellsMax: {
    env: "METRICS_CELLS_MAX",
    parse: wholeNumber(1_000, 100_000_000),
    default: 2_000_000,
    doc: "Numbers that this node may hold for all its metrics together.",
  },
  clusterName: {
    env: "CLUSTER_NAME",
    parse: textLike(
      /^[!-+\--~]{1,253}$/,
      "1 to 253 printable ASCII characters without space or comma",
    ),
    default: undefined,
    defaultDoc: "the completed CLUSTER_DNS_NAME, or local without DNS",
    doc: "Who belongs together: nodes that name another cluster are refused.",
  },
  clusterSecret: {
    env: "CLUSTER_SECRET",
    parse: secret,
    default: undefined,
    defaultDoc: "none: callers are judged by their address",
    secret: true,
    doc: "What the nodes sign their requests to each other with.",
  },
  clusterSecretPrevious: {
    env: "CLUSTER_SECRET_PREVIOUS",
    parse: secret,
    default: undefined,
    secret: true,
    doc:
      "The secret before CLUSTER_SECRET, valid too. Set it while pods change from one to the other.",
  },
  discoveryKind: {
    env: "CLUSTER_DISCOVERY",
    parse: oneOf(["dns", "static", "none"] as const),
    default: undefined,
    defaultDoc: "dns with CLUSTER_DNS_NAME, static with CLUSTER_PEERS, otherwise none",
    doc: "How this node finds the others: dns, static or none.",
  },
  dnsName: {
    env: "CLUSTER_DNS_NAME",
    parse: dnsName,
    default: undefined,
    doc: "The headless Service. A name without dots is completed to " +
      "<name>.<POD_NAMESPACE>.svc.<CLUSTER_DOMAIN>; one with dots is taken as it is.",
  },
  clusterDomain: {
    env: "CLUSTER_DOMAIN",
    parse: dnsName,
    default: "cluster.local",
    doc: "The DNS domain of the Kubernetes cluster.",
  },
  portName: {
    env: "CLUSTER_PORT_NAME",
    // RFC 6335 §5.1, as Kubernetes checks it.
    parse: textLike(
      /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/,
      "at most 15 lower-case letters, digits and single hyphens, with a letter",
    ),
    default: "metrics",
    doc: "Name of the Service's port that leads to the metrics port; asked for as _<name>._tcp.",
  },
  dnsServers: {
    env: "CLUSTER_DNS_SERVERS",
    parse: addressList(53),
    default: undefined,
    defaultDoc: "those of /etc/resolv.conf",
    doc: "Name servers to ask instead, such as 10.96.0.10:53,10.96.0.11.",
  },
  peers: {
    env: "CLUSTER_PEERS",
    parse: peerList,
    default: undefined,
    doc: "The other nodes for CLUSTER_DISCOVERY=static, as ip:port, [ipv6]:port or name:port.",
  },
  heartbeatMs: {
    env: "CLUSTER_HEARTBEAT_MS",
    parse: wholeNumber(50, 60_000),
    default: 1_000,
    doc: "Time from one round of exchanges to the next.",
  },
  suspectAfterMs: {
    env: "CLUSTER_SUSPECT_AFTER_MS",
    parse: wholeNumber(100, 600_000),
    default: 5_000,
    doc: "A node silent for so long is suspect. More than CLUSTER_HEARTBEAT_MS.",
  },
  downAfterMs: {
    env: "CLUSTER_DOWN_AFTER_MS",
    parse: wholeNumber(150, 3_600_000),
    default: 10_000,
    doc: "A node silent for so long is down. More than CLUSTER_SUSPECT_AFTER_MS.",
  },
  exchangeTimeoutMs: {
    env: "CLUSTER_EXCHANGE_TIMEOUT_MS",
    parse: wholeNumber(50, 60_000),
    default: 2_000,
    doc: "Time for one request from node to node.",
  },
  exchangeBodyBytesMax: {
    env: "CLUSTER_EXCHANGE_BODY_BYTES_MAX",
    parse: wholeNumber(65_536, 268_435_456),
    default: 4_194_304,
    doc: "Bytes that one message from node to node may have; what is longer is sent in pages.",
  },
  podName: {
    env: "POD_NAME",
    parse: textLike(
      /^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/,
      "1 to 253 letters, digits, dots, hyphens and underscores, a letter or digit at both ends",
    ),
    default: undefined,
    defaultDoc: "the host name",
    doc: "The name of this node, its own in the cluster and the same after a restart.",
  },
  podIp: {
    env: "POD_IP",
    parse: ipAddress,
    default: undefined,
    doc: "The address of this pod, so that it knows itself in a DNS answer.",
  },
  podNamespace: {
    env: "POD_NAMESPACE",
    parse: dnsLabel,
    default: undefined,
    defaultDoc: "default",
    doc: "The Kubernetes namespace of this pod; completes CLUSTER_DNS_NAME.",
  },
  logLevel: {
    env: "MUSTER_LOG_LEVEL",
    parse: oneOf(["debug", "info", "warning", "error"]),
    default: "info",
    doc: "Log lines below this level are dropped: debug, info, warning or error.",
  },
  logFormat: {
    env: "MUSTER_LOG_FORMAT",
    parse: oneOf(["auto", "json", "pretty"]),
    default: "auto",
    doc: "json, pretty, or auto: pretty on a terminal, otherwise JSON lines.",
  },
};

/** All rows, for who does not need to know the type of each value. */
export const OPTION_ROWS: readonly Option<unknown>[] = Object.values(OPTIONS);
