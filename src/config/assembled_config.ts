import type { AuthPolicy } from "../http/auth.ts";
import type { DnsServer } from "../io/resolv_conf.ts";
import type { MetricChanges } from "../metrics/metric_options.ts";
import type { OptionValues } from "./options.ts";

/** How this node finds the others. */
export type DiscoveryConfig =
  | {
    readonly kind: "dns";
    /** The headless Service, fully qualified, without the final dot. */
    readonly name: string;
    /** The port's name, to be asked for as `_<portName>._tcp.<name>`. */
    readonly portName: string;
    /** Undefined: those of `/etc/resolv.conf`. */
    readonly servers: readonly DnsServer[] | undefined;
  }
  | {
    readonly kind: "static";
    /** `ip:port`, `[ipv6]:port` or `name:port`. */
    readonly peers: readonly string[];
  }
  | { readonly kind: "none" };

/** Options that the rest of Muster sees exactly as they are in the table. No secret is among them. */
const PLAIN_OPTIONS = [
  "metricsEnabled",
  "metricsPort",
  "metricsListenHost",
  "metricsPath",
  "appPort",
  "appListenHost",
  "gitSha",
  "gitAuthor",
  "scrapeTimeoutMs",
  "exporters",
  "seriesPerFamilyMax",
  "cellsMax",
  "createdSamples",
  "plugins",
  "metricsPrefix",
  "pollMs",
  "dropMetricsGroups",
  "buckets",
  "labelRules",
  "intakeLimit",
  "trustedProxies",
  "heartbeatMs",
  "suspectAfterMs",
  "downAfterMs",
  "exchangeTimeoutMs",
  "exchangeBodyBytesMax",
  "ledgerFile",
  "foldAfterMs",
  "hideAfterMs",
  "ledgerCellsMax",
  "podIp",
  "podNamespace",
  "logLevel",
  "logFormat",
] as const;

type PlainOption = (typeof PLAIN_OPTIONS)[number];

/** Everything that is configured, checked and complete. */
export interface Config extends Pick<OptionValues, PlainOption> {
  /** Who may read the metrics. */
  readonly metricsAuth: AuthPolicy;
  /** Who belongs together: exchanges that name another cluster are refused. */
  readonly clusterName: string;
  /** The current secret first, then the previous one; empty if callers are judged by address. */
  readonly clusterSecrets: readonly string[];
  /** What is changed of all metrics. */
  readonly metricChanges: MetricChanges;
  /** The key for labels whose values are hashed. */
  readonly labelHashKey: string;
  /** How this node finds the others. */
  readonly discovery: DiscoveryConfig;
  /** The stable name of this node: the pod's, or the host's. */
  readonly nodeName: string;
}

/** Makes the configuration of option values that satisfy all rules. */
export function assembleConfig(values: OptionValues, hostname: string): Config {
  const { clusterName, clusterSecret, clusterSecretPrevious, podName } = values;
  const discovery = discoveryOf(values);
  const name = clusterName ?? (discovery.kind === "dns" ? discovery.name : "local");
  const plain = Object.fromEntries(PLAIN_OPTIONS.map((name) => [name, values[name]]));
  return {
    ...plain as Pick<OptionValues, PlainOption>,
    metricsAuth: authOf(values),
    clusterName: name,
    clusterSecrets: [clusterSecret, clusterSecretPrevious].filter((one) => one !== undefined),
    metricChanges: {
      constantLabels: values.constantLabels,
      rules: {
        drop: values.dropMetrics,
        dropLabels: values.dropLabels,
        rename: values.renameMetrics,
      },
    },
    labelHashKey: values.labelHashKey ?? name,
    discovery,
    nodeName: podName ?? hostname,
  };
}

function authOf(values: OptionValues): AuthPolicy {
  switch (values.authKind) {
    case "none":
      return { kind: "none" };
    case "bearer":
      return { kind: "bearer", token: present(values.authToken) };
    case "basic":
      return {
        kind: "basic",
        username: present(values.authUsername),
        password: present(values.authPassword),
      };
  }
}

function discoveryOf(values: OptionValues): DiscoveryConfig {
  const { discoveryKind, dnsName, peers, portName, dnsServers } = values;
  const kind = discoveryKind ??
    (dnsName !== undefined ? "dns" : peers !== undefined ? "static" : "none");
  switch (kind) {
    case "none":
      return { kind };
    case "static":
      return { kind, peers: present(peers) };
    case "dns":
      return { kind, name: completedName(values, present(dnsName)), portName, servers: dnsServers };
  }
}

/**
 * Completes a name without dots as the search list of a pod would. A name with dots is taken as it is,
 * since `muster.prod` may be meant as `<service>.<namespace>` or as a name of the public DNS.
 */
function completedName({ podNamespace, clusterDomain }: OptionValues, name: string): string {
  return name.includes(".") ? name : `${name}.${podNamespace ?? "default"}.svc.${clusterDomain}`;
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError("BUG: the rules let a missing option pass");
  return value;
}
