import type { ClusterNode } from "./cluster_node.ts";
import { converse } from "./conversation.ts";

/** Peers that must hold the last shard before its owner may exit; all, where there are fewer. */
const CONFIRMATIONS = 2;

/** How a goodbye went. */
export interface Goodbye {
  /** Peers that said to hold the last shard. */
  readonly confirmed: number;
  /** Peers that were asked. */
  readonly asked: number;
}

/**
 * Tells every peer that this node leaves, gives each its last shard, and waits until two of them hold
 * it or `deadlineMs` has passed. Whatever the node sends from here on says that it leaves.
 */
export async function sayGoodbye(node: ClusterNode, deadlineMs: number): Promise<Goodbye> {
  node.exchange.setLeaving();
  node.beat();
  const finalSeq = node.state.own.seq;
  const targets = node.targets();
  let confirmed = 0;
  const enough = Promise.withResolvers<void>();
  const talks = targets.map(async (address) => {
    const to = node.state.roster.ownerOf(address) ?? null;
    const talk = await converse(node, address, { kind: "digest" }, { to }, deadlineMs);
    if (talk.kind !== "answered") return;
    if (node.exchange.ownSeqHeldBy(talk.hello.incarnation) < finalSeq) return;
    if (++confirmed >= CONFIRMATIONS) enough.resolve();
  });
  await Promise.race([Promise.all(talks), enough.promise]);
  return { confirmed, asked: targets.length };
}
