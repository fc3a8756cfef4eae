import type { DnsServer } from "../../io/resolv_conf.ts";
import type { OptionTable } from "../option.ts";
import { addressList, dnsName, oneOf, peerList, textLike } from "../parsers.ts";

/** How this node finds the others. `undefined`: not set, and no default of its own. */
export interface DiscoveryOptions {
  readonly discoveryKind: "dns" | "static" | "none" | undefined;
  readonly dnsName: string | undefined;
  readonly clusterDomain: string;
  readonly portName: string;
  readonly dnsServers: readonly DnsServer[] | undefined;
  readonly peers: readonly string[] | undefined;
}

/** A row for each of {@linkcode DiscoveryOptions}. */
export const DISCOVERY_OPTIONS: OptionTable<DiscoveryOptions> = {
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
};
