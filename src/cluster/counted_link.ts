import type { ClusterMetrics } from "./cluster_metrics.ts";
import type { PeerLink } from "./peer_link.ts";

/** A link that counts what came of each request. */
export function countedLink(link: PeerLink, metrics: ClusterMetrics): PeerLink {
  return {
    async send(address, message, timeoutMs) {
      const outcome = await link.send(address, message, timeoutMs);
      metrics.exchanges.inc({ direction: "out", outcome: outcome.kind });
      return outcome;
    },
  };
}
