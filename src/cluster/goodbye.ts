import { sleep } from "../io/clock.ts";
import type { ClusterNode } from "./cluster_node.ts";
import { converse } from "./conversation.ts";
import { type AnsweringPeer, peerOf } from "./gathering.ts";
import { type Claim, foldedClaimsOf, writeBack } from "./write_back.ts";

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
 * Tells every peer that this node leaves, gives each its last shard and what else it alone holds the
 * newest copy of, and waits until two of them hold it or `deadlineMs` has passed. A shard that is too
 * large to be given is fetched by the peers, page by page, in their rounds. Whatever the node sends
 * from here on says that it leaves.
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
  const holders: AnsweringPeer[] = [];
  const talks = targets.map(async (address) => {
    const peer = await holderAt(node, address, finalSeq, deadlineMs, enough.signal);
    if (peer === null) return;
    holders.push(peer);
    if (holders.length >= CONFIRMATIONS) enough.abort();
  });
  await Promise.race([Promise.all(talks), isEnough]);
  const confirmed = holders.length;
  const claims = [...claimsOnCopies(node, confirmed), ...foldedClaimsOf(node, holders, confirmed)];
  await writeBack(node, claims, [...holders], deadlineMs);
  return { confirmed, asked: targets.length };
}

/** What this node holds of others, living and gone: it must not leave with the only newest copy. */
function claimsOnCopies({ state }: ClusterNode, holders: number): Claim[] {
  const departed = Array.from(state.ledger.shards.values(), ({ replica }) => replica);
  return [...state.replicas.values(), ...departed].map(({ identity: { incarnation }, seq }) => ({
    incarnation,
    seq,
    holders,
  }));
}

/** The peer at an address, once it holds this node's shard of `seq`; null where it never says so. */
async function holderAt(
  node: ClusterNode,
  address: string,
  seq: number,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<AnsweringPeer | null> {
  while (!signal.aborted) {
    const to = node.state.roster.ownerOf(address) ?? null;
    const talk = await converse(node, address, { kind: "digest" }, { to }, deadlineMs);
    if (talk.kind !== "answered") return null;
    if ((node.exchange.absorber.ownHeldBy(talk.hello.incarnation)?.sinceSeq ?? 0) >= seq) {
      return peerOf(node, address, talk);
    }
    await sleep(node.clock, LOOK_AGAIN_MS, signal);
  }
  return null;
}
