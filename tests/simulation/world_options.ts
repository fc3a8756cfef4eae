import type { LedgerLimits } from "../../src/cluster/ledger.ts";
import type { SimulatedNode } from "../cluster/simulated_node.ts";

/** What starts a node. */
export interface Birth {
  readonly name: string;
  readonly address?: string;
  readonly version?: number;
  readonly isForeign?: boolean;
  readonly clockOffsetMs?: number;
  /** How long DNS takes to list it. */
  readonly listedAfterMs?: number;
}

/** What a world is made with. */
export interface WorldOptions {
  readonly seed: number;
  /** Called for each node before it starts, to put something into it. */
  readonly plant?: (node: SimulatedNode) => void;
  /** Called with each thing that happens. */
  readonly tell: (atMs: number, line: string) => void;
  /** When the nodes fold, and what their bases may take. Default: that of the real thing. */
  readonly ledger?: LedgerLimits;
  /** Mean time between two operations of one node's application. */
  readonly operationMs: number;
}
