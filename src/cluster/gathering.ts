import type { Shard } from "../metrics/shard.ts";
import type { ClusterNode } from "./cluster_node.ts";
import { converse, type Talk } from "./conversation.ts";
import type { IncarnationId } from "./identity.ts";
import type { DepartedRow, Digest, DigestRow, WantedShard } from "./wire/message.ts";

/** Holders that are tried for one shard, one after another. */
const HOLDERS_MAX = 3;
/** The shares of the time after which the owners, and then the holders, are given up. */
const OWNERS_SHARE = 0.5;
const HOLDERS_SHARE = 0.8;

/** A peer that gave nothing to this gathering. */
export interface GatheringFailure {
  readonly address: string;
  /** What came of asking; `refused` means that no process is there. */
  readonly kind: "refused" | "silent" | "rejected" | "unusable";
  readonly reason: string;
}

/** A peer that answered, and what it holds. */
export interface AnsweringPeer {
  readonly address: string;
  readonly incarnation: IncarnationId;
  /** The newest seq it holds of each incarnation, as a copy or folded. */
  readonly held: ReadonlyMap<IncarnationId, number>;
  /** The layout revisions of those copies, where it told them. */
  readonly revisions: ReadonlyMap<IncarnationId, number>;
  /** The hash of its base. */
  readonly baseHash: string;
}

/** What a gathering found. */
export interface Gathering {
  /** This node's shard as it was when the gathering began. */
  readonly own: Shard;
  /** Whose owner gave its whole shard, this node included. */
  readonly answered: ReadonlySet<IncarnationId>;
  readonly peers: readonly AnsweringPeer[];
  readonly failures: readonly GatheringFailure[];
  /** Incarnations of which somebody named a newer copy than this node could get. */
  readonly lacking: readonly IncarnationId[];
  /** Peers whose base holds something that this node could not get. */
  readonly lackingBases: readonly IncarnationId[];
}

/**
 * Brings the copies up to date for a scrape. First every listed or heard address is asked for its own
 * shard, in at most half of the time. Then, for each incarnation whose owner did not answer, the
 * newest copy that any answer names is fetched from its holder, or from the next one if that fails.
 * A peer that is slow or dead costs its share of the deadline and nothing else.
 */
export async function gather(node: ClusterNode, deadlineMs: number): Promise<Gathering> {
  const startMs = node.clock.nowMs();
  const untilMs = (share: number) => startMs + (deadlineMs - startMs) * share;
  node.beat();
  const own = node.state.ownNow();
  const answered = new Set<IncarnationId>([node.state.self.incarnation]);
  const peers: AnsweringPeer[] = [];
  const failures: GatheringFailure[] = [];
  await Promise.all(
    node.targets().map(async (address) => {
      const talk = await askOwner(node, address, untilMs(OWNERS_SHARE));
      if (talk.kind === "answered") {
        // An owner that gave a part of its shard only is asked again, like any other holder of it. What
        // one has that was folded here counts with its next life, so that until then it is lacking.
        const { incarnation } = talk.hello;
        if (talk.isWhole && !node.state.isFolded(incarnation)) answered.add(incarnation);
        peers.push(peerOf(node, address, talk));
      } else if (talk.kind !== "self") {
        const reason = talk.kind === "refused" ? "connection refused" : talk.reason;
        failures.push({ address, kind: talk.kind, reason });
      }
    }),
  );
  await fetchBases(node, peers, untilMs(HOLDERS_SHARE));
  await fetchFromHolders(node, peers, answered, untilMs(HOLDERS_SHARE));
  const lacking = [...newestHolders(node, peers, answered, new Set()).keys()];
  const lackingBases = peers.filter((peer) => lacksBaseOf(node, peer)).map((peer) =>
    peer.incarnation
  );
  return { own, answered, peers, failures, lacking, lackingBases };
}

/** What an answer tells of the copies that its sender holds. */
export function peerOf(
  node: ClusterNode,
  address: string,
  talk: Extract<Talk, { readonly kind: "answered" }>,
): AnsweringPeer {
  const rows = talk.digest?.rows ?? [];
  return {
    address,
    incarnation: talk.hello.incarnation,
    held: new Map([
      ...departedHeld(node, talk.digest, talk.departed),
      ...(talk.folded?.rows ?? []).map(({ incarnation, seq }) => [incarnation, seq] as const),
      ...rows.map(heldOf),
    ]),
    revisions: new Map(rows.map(({ incarnation, revision }) => [incarnation, revision])),
    baseHash: talk.digest?.baseHash ?? "",
  };
}

function heldOf({ incarnation, heldSeq }: DigestRow): [IncarnationId, number] {
  return [incarnation, heldSeq];
}

/** A peer with the same hash holds the same departed shards; one with another hash has told which. */
function departedHeld(
  node: ClusterNode,
  digest: Digest | null,
  departed: readonly DepartedRow[] | null,
): [IncarnationId, number][] {
  if (departed !== null) return departed.map(({ incarnation, seq }) => [incarnation, seq]);
  const { ledger } = node.state;
  if (digest?.departedHash !== ledger.hash) return [];
  return ledger.rows().map(({ incarnation, seq }) => [incarnation, seq]);
}

function askOwner(node: ClusterNode, address: string, deadlineMs: number): Promise<Talk> {
  const owner = node.state.roster.ownerOf(address) ?? null;
  const copy = owner === null ? undefined : node.state.copyOf(owner);
  const have = copy === undefined ? null : wantedOf(owner!, copy.seq, copy.revision);
  return converse(node, address, { kind: "own", have }, { to: owner }, deadlineMs);
}

function lacksBaseOf(node: ClusterNode, { baseHash }: AnsweringPeer): boolean {
  return baseHash !== "" && !node.state.ledger.base.covers(baseHash);
}

/** Fetches each base that holds something unknown, from the next who has it if one fails. */
async function fetchBases(
  node: ClusterNode,
  peers: readonly AnsweringPeer[],
  deadlineMs: number,
): Promise<void> {
  const holders = Map.groupBy(
    peers.filter((peer) => lacksBaseOf(node, peer)),
    ({ baseHash }) => baseHash,
  );
  await Promise.all(Array.from(holders, async ([hash, peers]) => {
    for (const [attempt, peer] of peers.slice(0, HOLDERS_MAX).entries()) {
      const nowMs = node.clock.nowMs();
      const untilMs = nowMs + (deadlineMs - nowMs) / (HOLDERS_MAX - attempt);
      await converse(node, peer.address, { kind: "base", hash, offset: 0 }, null, untilMs);
      if (!lacksBaseOf(node, peer)) return;
    }
  }));
}

async function fetchFromHolders(
  node: ClusterNode,
  peers: readonly AnsweringPeer[],
  answered: ReadonlySet<IncarnationId>,
  deadlineMs: number,
): Promise<void> {
  const tried = new Set<string>();
  for (let attempt = 0; attempt < HOLDERS_MAX; attempt++) {
    const byHolder = new Map<string, WantedShard[]>();
    for (const [incarnation, holder] of newestHolders(node, peers, answered, tried)) {
      tried.add(`${holder} ${incarnation}`);
      const copy = node.state.copyOf(incarnation);
      const shards = byHolder.get(holder) ?? [];
      shards.push(wantedOf(incarnation, copy?.seq ?? 0, copy?.revision ?? 0));
      byHolder.set(holder, shards);
    }
    if (byHolder.size === 0) return;
    // A holder that stays silent leaves the next one its share of the time.
    const nowMs = node.clock.nowMs();
    const untilMs = nowMs + (deadlineMs - nowMs) / (HOLDERS_MAX - attempt);
    await Promise.all(Array.from(byHolder, ([holder, shards]) => {
      const want = { kind: "listed", shards } as const;
      return converse(node, holder, want, null, untilMs);
    }));
  }
}

/** For each incarnation that was not heard itself, an untried holder of the newest copy there is. */
function newestHolders(
  node: ClusterNode,
  peers: readonly AnsweringPeer[],
  answered: ReadonlySet<IncarnationId>,
  tried: ReadonlySet<string>,
): Map<IncarnationId, string> {
  const newest = new Map<IncarnationId, { readonly address: string; readonly seq: number }>();
  for (const { address, held } of peers) {
    for (const [incarnation, seq] of held) {
      if (answered.has(incarnation) || tried.has(`${address} ${incarnation}`)) continue;
      const best = newest.get(incarnation)?.seq ?? node.state.heldSeq(incarnation);
      if (seq > best) newest.set(incarnation, { address, seq });
    }
  }
  return new Map(Array.from(newest, ([incarnation, { address }]) => [incarnation, address]));
}

function wantedOf(incarnation: IncarnationId, sinceSeq: number, revision: number): WantedShard {
  return { incarnation, sinceSeq, revision, resume: null };
}
