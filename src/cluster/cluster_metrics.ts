import { DEFAULT_BUCKETS, type Histogram, type HistogramFamily } from "../metrics/histogram.ts";
import type { Counter, CounterFamily } from "../metrics/counter.ts";
import type { Gauge } from "../metrics/gauge.ts";
import type { Registry } from "../metrics/registry.ts";
import { createLedgerMetrics, type LedgerMetrics } from "./ledger_metrics.ts";
import type { RefusedShard } from "./absorber.ts";
import type { RefusalCode } from "./peer_link.ts";

const REFUSAL_CODES: readonly RefusalCode[] = [
  "foreign_cluster",
  "wire_version",
  "malformed",
  "too_large",
  "stranger",
  "signature",
  "invalid_shard",
];

const SHARD_REFUSALS: readonly RefusedShard["kind"][] = ["falls", "invalid"];

/** What a node measures of its own work in the cluster. */
export interface ClusterMetrics {
  readonly exchanges: CounterFamily<"direction" | "outcome">;
  /** Of this node's own requests. */
  readonly exchangeDuration: HistogramFamily<"outcome">;
  readonly exchangeBytes: CounterFamily<"direction">;
  readonly rejected: CounterFamily<"reason">;
  /** A counter that would fall, or rows that no right sender sends. */
  readonly refusedShards: CounterFamily<"reason">;
  readonly events: CounterFamily<"kind">;
  readonly dnsPolls: CounterFamily<"outcome">;
  /** Addresses in the newest answer of the discovery. */
  readonly listed: Gauge;
  readonly scrapeDuration: Histogram;
  readonly gatherDuration: Histogram;
  readonly mergeDuration: Histogram;
  readonly scrapes: CounterFamily<"outcome">;
  readonly gatherFailures: Counter;
  readonly overflows: CounterFamily<"family">;
  readonly withheldCells: Gauge;
  readonly ledger: LedgerMetrics;
  readonly sleep: Counter;
}

/** Registers the metrics of the cluster; reasons that are known beforehand start at 0. */
export function createClusterMetrics(registry: Registry): ClusterMetrics {
  const rejected = registry.counter({
    name: "muster_exchange_rejected_total",
    help: "Exchange requests of others that this node took nothing of, by reason.",
    labels: ["reason"],
  });
  for (const reason of REFUSAL_CODES) rejected.labels({ reason });
  const refusedShards = registry.counter({
    name: "muster_shards_refused_total",
    help: "Newer shards of peers that were refused while the old copy was kept, by reason.",
    labels: ["reason"],
  });
  for (const reason of SHARD_REFUSALS) refusedShards.labels({ reason });
  return {
    rejected,
    exchanges: registry.counter({
      name: "muster_exchanges_total",
      help: "Exchange requests, by direction and outcome.",
      labels: ["direction", "outcome"],
    }),
    exchangeDuration: registry.histogram({
      name: "muster_exchange_duration_seconds",
      help: "Time of a request to a peer, in seconds, by outcome.",
      unit: "seconds",
      labels: ["outcome"],
      buckets: DEFAULT_BUCKETS,
    }),
    exchangeBytes: registry.counter({
      name: "muster_exchange_bytes_total",
      help: "Bytes of exchange bodies, by direction, counted by the node that answers.",
      labels: ["direction"],
    }),
    refusedShards,
    events: registry.counter({
      name: "muster_cluster_events_total",
      help: "What happened to the cluster, as each node saw it, by kind.",
      labels: ["kind"],
    }),
    dnsPolls: registry.counter({
      name: "muster_discovery_polls_total",
      help: "Polls of the discovery, by outcome.",
      labels: ["outcome"],
    }),
    listed: registry.gauge({
      name: "muster_discovery_addresses",
      help: "Addresses in the newest answer of the discovery.",
    }),
    gatherDuration: registry.histogram({
      name: "muster_gather_duration_seconds",
      help: "Time to bring the copies of all peers up to date for a scrape, in seconds.",
      unit: "seconds",
      buckets: DEFAULT_BUCKETS,
    }),
    mergeDuration: registry.histogram({
      name: "muster_merge_duration_seconds",
      help: "Time to merge the shards of all nodes for a scrape, in seconds.",
      unit: "seconds",
      buckets: DEFAULT_BUCKETS,
    }),
    scrapeDuration: registry.histogram({
      name: "muster_scrape_duration_seconds",
      help: "Time from the arrival of a merged scrape to its first byte, in seconds.",
      unit: "seconds",
      buckets: DEFAULT_BUCKETS,
    }),
    scrapes: registry.counter({
      name: "muster_scrapes_total",
      help: "Merged scrapes, by outcome.",
      labels: ["outcome"],
    }),
    gatherFailures: registry.counter({
      name: "muster_gather_failures_total",
      help: "Peers that gave nothing to a merged scrape before its deadline.",
    }),
    overflows: registry.counter({
      name: "muster_series_overflow_total",
      help: "Uses of a label set that went to the overflow series of its family.",
      labels: ["family"],
    }),
    withheldCells: registry.gauge({
      name: "muster_withheld_cells",
      help: "Cells whose value is not finite and therefore is not published.",
    }),
    ledger: createLedgerMetrics(registry),
    sleep: registry.counter({
      name: "muster_asleep_seconds_total",
      help: "Time in which the process did not run, and which no peer was blamed for, in seconds.",
      unit: "seconds",
    }),
  };
}
