import type { Clock } from "../io/clock.ts";
import type { ClusterMetrics } from "./cluster_metrics.ts";
import type { PeerLink } from "./peer_link.ts";

/** A link that counts what came of each request, and how long it took. */
export function countedLink(link: PeerLink, metrics: ClusterMetrics, clock: Clock): PeerLink {
  return {
    async send(address, message, timeoutMs) {
      const startMs = clock.nowMs();
      const outcome = await link.send(address, message, timeoutMs);
      const seconds = (clock.nowMs() - startMs) / 1000;
      metrics.exchangeDuration.observe({ outcome: outcome.kind }, seconds);
      metrics.exchanges.inc({ direction: "out", outcome: outcome.kind });
      return outcome;
    },
  };
}
