import type { OptionTable } from "../option.ts";
import { ipAddress, textLike } from "../parsers.ts";

/** What Kubernetes tells a pod of itself. `undefined`: not set, and no default of its own. */
export interface PodOptions {
  readonly podName: string | undefined;
  readonly podIp: string | undefined;
  readonly podNamespace: string | undefined;
}

const dnsLabel = textLike(
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  "at most 63 lower-case letters, digits and hyphens",
);

/** A row for each of {@linkcode PodOptions}. */
export const POD_OPTIONS: OptionTable<PodOptions> = {
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
};
