import type { OptionValues } from "./options.ts";

type Key = keyof OptionValues;

/** A rule that several options must satisfy together. */
interface Rule {
  /** The rule is not applied if one of these could not be read, as that is a problem already. */
  readonly concerns: readonly Key[];
  /** A sentence if the rule is broken. */
  readonly broken: (values: OptionValues) => string | undefined;
}

/** First segments of the paths that Muster serves itself. */
const TAKEN_PATHS: readonly string[] = ["/cluster", "/healthz", "/readyz"];

const WILDCARD_HOSTS: readonly string[] = ["0.0.0.0", "::"];

const RULES: readonly Rule[] = [
  required("authToken", "METRICS_AUTH_TOKEN", "bearer"),
  required("authUsername", "METRICS_AUTH_USERNAME", "basic"),
  required("authPassword", "METRICS_AUTH_PASSWORD", "basic"),
  {
    concerns: ["metricsPath"],
    broken({ metricsPath }) {
      const taken = TAKEN_PATHS.find((path) => `${metricsPath}/`.startsWith(`${path}/`));
      if (taken === undefined) return undefined;
      return `Cannot use METRICS_PATH: it must not be ${taken} or below it, which Muster serves ` +
        `itself: received ${JSON.stringify(metricsPath)}.`;
    },
  },
  {
    concerns: ["metricsPort", "appPort", "metricsListenHost", "appListenHost"],
    broken({ metricsPort, appPort, metricsListenHost, appListenHost }) {
      const hosts = [metricsListenHost, appListenHost];
      const sameHost = metricsListenHost === appListenHost ||
        hosts.some((host) => WILDCARD_HOSTS.includes(host));
      if (metricsPort !== appPort || metricsPort === 0 || !sameHost) return undefined;
      return `Cannot use METRICS_PORT: it must differ from PORT: received ${metricsPort} for both.`;
    },
  },
  {
    concerns: ["heartbeatMs", "suspectAfterMs", "downAfterMs"],
    broken({ heartbeatMs, suspectAfterMs, downAfterMs }) {
      if (heartbeatMs < suspectAfterMs && suspectAfterMs < downAfterMs) return undefined;
      return "Cannot use CLUSTER_HEARTBEAT_MS, CLUSTER_SUSPECT_AFTER_MS and CLUSTER_DOWN_AFTER_MS: " +
        "each must be less than the next: received " +
        `${heartbeatMs}, ${suspectAfterMs} and ${downAfterMs}.`;
    },
  },
  {
    concerns: ["clusterSecret", "clusterSecretPrevious"],
    broken({ clusterSecret, clusterSecretPrevious }) {
      if (clusterSecretPrevious === undefined) return undefined;
      if (clusterSecret === undefined) {
        return "Cannot use CLUSTER_SECRET_PREVIOUS: CLUSTER_SECRET must be set too: received none.";
      }
      if (clusterSecret !== clusterSecretPrevious) return undefined;
      return "Cannot use CLUSTER_SECRET_PREVIOUS: it must differ from CLUSTER_SECRET: " +
        "received the same.";
    },
  },
  {
    concerns: ["discoveryKind", "dnsName", "peers"],
    broken({ discoveryKind, dnsName, peers }) {
      if (discoveryKind === "dns" && dnsName === undefined) {
        return "Cannot use CLUSTER_DISCOVERY=dns: CLUSTER_DNS_NAME must be set: received none.";
      }
      if (discoveryKind === "static" && peers === undefined) {
        return "Cannot use CLUSTER_DISCOVERY=static: CLUSTER_PEERS must be set: received none.";
      }
      return undefined;
    },
  },
  {
    concerns: ["metricsPort", "discoveryKind", "dnsName"],
    broken({ metricsPort, discoveryKind, dnsName }) {
      if (metricsPort !== 0 || (discoveryKind ?? (dnsName && "dns")) !== "dns") return undefined;
      return "Cannot use METRICS_PORT: it must not be 0 with discovery by DNS, where peers without " +
        "SRV records are asked at this port: received 0.";
    },
  },
];

/** A sentence for each rule between options that is broken. */
export function brokenRules(values: OptionValues, unreadable: ReadonlySet<Key>): string[] {
  return RULES
    .filter((rule) => !rule.concerns.some((key) => unreadable.has(key)))
    .flatMap((rule) => rule.broken(values) ?? []);
}

/** A sentence for each setting that has no effect although its author may believe it has. */
export function settingsWithoutEffect(values: OptionValues): string[] {
  const { authKind, authToken, authUsername, authPassword } = values;
  const warnings: string[] = [];
  const credentials: [string, string, string | undefined][] = [
    ["METRICS_AUTH_TOKEN", "bearer", authToken],
    ["METRICS_AUTH_USERNAME", "basic", authUsername],
    ["METRICS_AUTH_PASSWORD", "basic", authPassword],
  ];
  for (const [name, kind, value] of credentials) {
    if (value !== undefined && authKind !== kind) {
      warnings.push(`${name} has no effect while METRICS_AUTH is ${authKind}: it needs ${kind}.`);
    }
  }
  const { discoveryKind, dnsName, peers } = values;
  if (peers !== undefined && dnsName !== undefined && discoveryKind !== "static") {
    const kind = discoveryKind ?? "dns";
    warnings.push(`CLUSTER_PEERS has no effect while CLUSTER_DISCOVERY is ${kind}.`);
  }
  return warnings;
}

function required(key: Key, name: string, authKind: OptionValues["authKind"]): Rule {
  return {
    concerns: ["authKind", key],
    broken(values) {
      if (values.authKind !== authKind || values[key] !== undefined) return undefined;
      return `Cannot use METRICS_AUTH=${authKind}: ${name} must be set: received none.`;
    },
  };
}
