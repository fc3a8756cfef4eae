import { sleep } from "../io/clock.ts";
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

/** Between two looks whether a peer has the last shard by now. */
const LOOK_AGAIN_MS = 250;

/**
 * Tells every peer that this node leaves, gives each its last shard, and waits until two of them hold
 * it or `deadlineMs` has passed. A shard that is too large to be given is fetched by the peers, page by
 * page, in their rounds. Whatever the node sends from here on says that it leaves.
 */
export async function sayGoodbye(node: ClusterNode, deadlineMs: number): Promise<Goodbye> {
  node.exchange.setLeaving();
  node.beat();
  const finalSeq = node.state.own.seq;
  const targets = node.targets();
  const enough = new AbortController();
  const isEnough = new Promise<void>((resolve) => {
    enough.signal.addEventListener("abort", () => resolve());
  });
  let confirmed = 0;
  const talks = targets.map(async (address) => {
    if (!await isHeldAt(node, address, finalSeq, deadlineMs, enough.signal)) return;
    if (++confirmed >= CONFIRMATIONS) enough.abort();
  });
  await Promise.race([Promise.all(talks), isEnough]);
  return { confirmed, asked: targets.length };
}

async function isHeldAt(
  node: ClusterNode,
  address: string,
  seq: number,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    const to = node.state.roster.ownerOf(address) ?? null;
    const talk = await converse(node, address, { kind: "digest" }, { to }, deadlineMs);
    if (talk.kind !== "answered") return false;
    if (node.exchange.ownSeqHeldBy(talk.hello.incarnation) >= seq) return true;
    await sleep(node.clock, LOOK_AGAIN_MS, signal);
  }
  return false;
}
