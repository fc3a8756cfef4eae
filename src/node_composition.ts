import { formatAddress } from "./cluster/address.ts";
import type { ClusterMetrics } from "./cluster/cluster_metrics.ts";
import { ClusterNode } from "./cluster/cluster_node.ts";
import { countedLink } from "./cluster/counted_link.ts";
import { newIncarnationId } from "./cluster/identity.ts";
import { createHttpLink } from "./cluster/peer_link.ts";
import type { Config } from "./config.ts";
import type { OwnShard } from "./metrics/own_shard.ts";
import type { Platform } from "./platform.ts";
import type { Bus } from "./telemetry/bus.ts";
import { VERSION } from "./version.ts";

const WILDCARD_HOSTS: readonly string[] = ["0.0.0.0", "::"];

/** What a node of the cluster is made of. */
export interface NodeParts {
  readonly config: Config;
  readonly platform: Platform;
  readonly own: OwnShard;
  readonly metrics: ClusterMetrics;
  readonly bus: Bus;
  /** Where the ops port listens. */
  readonly listening: { readonly host: string; readonly port: number };
  readonly beforeStamp: () => void;
}

/** Makes this process a node of the cluster, in a new incarnation. */
export function composeNode(parts: NodeParts): ClusterNode {
  const { config, platform, own, metrics, bus, listening: { host, port }, beforeStamp } = parts;
  const { clock, random, http, log } = platform;
  const ip = config.podIp ?? (WILDCARD_HOSTS.includes(host) ? undefined : host);
  const link = createHttpLink({
    http,
    clock,
    random,
    secrets: config.clusterSecrets,
    bodyBytesMax: config.exchangeBodyBytesMax,
  });
  const newLife = () => ({
    incarnation: newIncarnationId(random),
    startedAtMs: Math.round(clock.wallMs()),
  });
  return new ClusterNode({
    self: {
      node: config.nodeName,
      ...newLife(),
      version: VERSION,
      address: ip === undefined ? "" : formatAddress({ ip, port }),
    },
    own,
    cluster: config.clusterName,
    times: config,
    bodyBytesMax: config.exchangeBodyBytesMax,
    cellsMax: config.cellsMax,
    clock,
    link: countedLink(link, metrics, clock),
    bus,
    log,
    newLife,
    ledger: {
      foldAfterMs: config.foldAfterMs,
      hideAfterMs: config.hideAfterMs,
      cellsMax: config.ledgerCellsMax,
    },
    beforeStamp,
    onRefused: ({ kind: reason }) => metrics.refusedShards.inc({ reason }),
  });
}
