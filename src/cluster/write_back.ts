import type { ClusterNode } from "./cluster_node.ts";
import { FOLDED_PART } from "./contributions.ts";
import { converse } from "./conversation.ts";
import { type AnsweringPeer, peerOf } from "./gathering.ts";
import type { IncarnationId } from "./identity.ts";

/** Peers that must hold the answerer's own cells before they are shown; all, where fewer answer. */
const OWN_HOLDERS = 2;
/** Up to this many members, all that is shown is first held by half of them. */
const ALL_HELD_MEMBERS_MAX = 16;

/** A shard that is to be shown at a seq, and how many peers must hold it first. */
export interface Claim {
  readonly incarnation: IncarnationId;
  readonly seq: number;
  readonly holders: number;
  /** Of a folded incarnation the hash of the base: a peer with the same one holds it. */
  readonly baseHash?: string;
}

/**
 * How many peers must hold what is shown, the answerer's own cells apart. With the answerer itself this
 * is more than half, so that any half that answers later holds it too; in large clusters it is none.
 */
export function halfOf(members: number): number {
  return members <= ALL_HELD_MEMBERS_MAX ? Math.floor(members / 2) : 0;
}

/**
 * What must be held by how many peers before it may be shown. Nothing is shown that could vanish with
 * the node that shows it: its own cells are held by two of the peers that answered, and in clusters of
 * up to 16 every shard is held by half of the members besides the answerer.
 */
export function claimsOf(
  self: IncarnationId,
  shown: ReadonlyMap<IncarnationId, number>,
  members: number,
  answeringPeers: number,
): Claim[] {
  const half = halfOf(members);
  const copies = Array.from(shown).filter(([incarnation]) => incarnation !== FOLDED_PART);
  return copies.map(([incarnation, seq]) => {
    const holders = incarnation === self ? Math.max(OWN_HOLDERS, half) : half;
    return { incarnation, seq, holders: Math.min(holders, answeringPeers) };
  });
}

/**
 * The same for the incarnations that were folded lately: where a base has just taken something over
 * from another one, it could vanish as well.
 */
export function foldedClaimsOf(
  { state }: ClusterNode,
  peers: readonly AnsweringPeer[],
  holders: number,
): Claim[] {
  const { base } = state.ledger;
  const baseHash = base.hash;
  if (holders === 0 || peers.every((peer) => peer.baseHash === baseHash)) return [];
  return base.recent().map(({ incarnation, seq }) => ({ incarnation, seq, holders, baseHash }));
}

/** The claims that too few of the peers hold, with how many are missing. */
export function openClaims(
  claims: readonly Claim[],
  peers: readonly AnsweringPeer[],
): (Claim & { readonly missing: number })[] {
  return claims.flatMap((claim) => {
    const holders = peers.filter((peer) => holds(peer, claim)).length;
    return holders >= claim.holders ? [] : [{ ...claim, missing: claim.holders - holders }];
  });
}

/**
 * Brings what is to be shown to as many peers as must hold it. Resolves with null, or with the reason
 * why that could not be done before `deadlineMs`.
 */
export async function writeBack(
  node: ClusterNode,
  claims: readonly Claim[],
  peers: readonly AnsweringPeer[],
  deadlineMs: number,
): Promise<string | null> {
  const known = new Map(peers.map((peer) => [peer.incarnation, peer]));
  const untried = new Set(known.keys());
  let answering = peers.length;
  for (;;) {
    const needed = claims.map((claim) => ({
      ...claim,
      holders: Math.min(claim.holders, answering),
    }));
    const open = openClaims(needed, [...known.values()]);
    if (open.length === 0) return null;
    const wanted = Math.max(...open.map(({ missing }) => missing));
    const chosen = [...untried].map((incarnation) => known.get(incarnation)!)
      .filter((peer) => open.some((claim) => !holds(peer, claim)))
      .slice(0, wanted);
    if (chosen.length === 0) {
      return `too few peers could be given what is new: ${wanted} more must hold it`;
    }
    await Promise.all(chosen.map(async (peer) => {
      untried.delete(peer.incarnation);
      const lacked = claims.filter((claim) => !holds(peer, claim));
      const isBehind = lacked.some(({ baseHash }) => baseHash !== undefined);
      const also = lacked.filter(({ baseHash }) => baseHash === undefined).map((
        { incarnation },
      ) => ({
        incarnation,
        sinceSeq: peer.held.get(incarnation) ?? 0,
        revision: peer.revisions.get(incarnation) ?? 0,
        resume: null,
      }));
      const push = { to: peer.incarnation, also, base: isBehind };
      const talk = await converse(node, peer.address, { kind: "digest" }, push, deadlineMs);
      if (talk.kind !== "answered" || talk.hello.incarnation !== peer.incarnation) {
        // It answered a moment ago and is gone by now: it can't be waited for, but what it holds counts.
        answering--;
        return;
      }
      const now = peerOf(node, peer.address, talk);
      known.set(peer.incarnation, now);
      // One request has room for so much: who took some of it can take the rest.
      if (also.some((base) => (now.held.get(base.incarnation) ?? 0) > base.sinceSeq)) {
        untried.add(peer.incarnation);
      }
    }));
  }
}

function holds(peer: AnsweringPeer, { incarnation, seq, baseHash }: Claim): boolean {
  return (baseHash !== undefined && peer.baseHash === baseHash) ||
    (peer.held.get(incarnation) ?? 0) >= seq;
}
