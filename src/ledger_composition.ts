import type { ClusterMetrics } from "./cluster/cluster_metrics.ts";
import type { ClusterNode } from "./cluster/cluster_node.ts";
import { LedgerKeeper } from "./cluster/ledger_keeper.ts";
import type { Config } from "./config.ts";
import type { Platform } from "./platform.ts";

/** What a keeper of the totals is made of. */
export interface KeeperParts {
  readonly config: Config;
  readonly platform: Platform;
  readonly node: ClusterNode;
  readonly metrics: ClusterMetrics;
}

/** Makes what keeps the totals in `LEDGER_FILE`; null where none is set. */
export function composeKeeper(parts: KeeperParts): LedgerKeeper | null {
  const { config: { ledgerFile: path, cellsMax }, platform, node, metrics } = parts;
  if (path === undefined) return null;
  const { clock, files, log } = platform;
  return new LedgerKeeper({
    node,
    clock,
    files,
    path,
    cellsMax,
    log,
    onWrite: (outcome) => metrics.ledger.fileWrites.inc({ outcome }),
  });
}
