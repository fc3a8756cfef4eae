import type { IncarnationId, NodeId } from "./identity.ts";
import type { ClusterNode } from "./cluster_node.ts";
import { converse, type Talk } from "./conversation.ts";
import type { Digest, WantedShard } from "./wire/message.ts";

/** Holders that are tried for one shard, one after another. */
const HOLDERS_MAX = 3;
/** The shares of the time after which the owners, and then the holders, are given up. */
const OWNERS_SHARE = 0.5;
const HOLDERS_SHARE = 0.8;

/** A peer that gave nothing to this gathering. */
export interface GatheringFailure {
  readonly address: string;
  /** Who answered there before, where that is known. */
  readonly node: NodeId | null;
  readonly reason: string;
}

/** Who answered a gathering, and who did not. */
export interface Gathering {
  readonly answered: ReadonlySet<IncarnationId>;
  readonly failures: readonly GatheringFailure[];
}

interface Answer {
  readonly address: string;
  readonly digest: Digest;
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
  const answered = new Set<IncarnationId>([node.state.self.incarnation]);
  const answers: Answer[] = [];
  const failures: GatheringFailure[] = [];
  await Promise.all(
    node.targets().map(async (address) => {
      const talk = await askOwner(node, address, untilMs(OWNERS_SHARE));
      if (talk.kind === "answered") {
        // An owner that gave a part of its shard only is asked again, like any other holder of it.
        if (talk.isWhole) answered.add(talk.hello.incarnation);
        if (talk.digest !== null) answers.push({ address, digest: talk.digest });
      } else if (talk.kind !== "self") {
        failures.push(failureOf(node, address, talk));
      }
    }),
  );
  await fetchFromHolders(node, answers, answered, untilMs(HOLDERS_SHARE));
  return { answered, failures };
}

function askOwner(node: ClusterNode, address: string, deadlineMs: number): Promise<Talk> {
  const owner = node.state.roster.ownerOf(address) ?? null;
  const copy = owner === null ? undefined : node.state.copyOf(owner);
  const have = copy === undefined ? null : wantedOf(owner!, copy.seq, copy.layout.revision);
  return converse(node, address, { kind: "own", have }, { to: owner }, deadlineMs);
}

function failureOf(
  node: ClusterNode,
  address: string,
  talk: Exclude<Talk, { readonly kind: "answered" | "self" }>,
): GatheringFailure {
  const owner = node.state.roster.ownerOf(address);
  const member = owner === undefined ? undefined : node.state.roster.member(owner);
  const reason = talk.kind === "refused" ? "connection refused" : talk.reason;
  return { address, node: member?.identity.node ?? null, reason };
}

async function fetchFromHolders(
  node: ClusterNode,
  answers: readonly Answer[],
  answered: ReadonlySet<IncarnationId>,
  deadlineMs: number,
): Promise<void> {
  const tried = new Set<string>();
  for (let attempt = 0; attempt < HOLDERS_MAX; attempt++) {
    const byHolder = new Map<string, WantedShard[]>();
    for (const [incarnation, holder] of newestHolders(node, answers, answered, tried)) {
      tried.add(`${holder} ${incarnation}`);
      const copy = node.state.copyOf(incarnation);
      const shards = byHolder.get(holder) ?? [];
      shards.push(wantedOf(incarnation, copy?.seq ?? 0, copy?.layout.revision ?? 0));
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
  answers: readonly Answer[],
  answered: ReadonlySet<IncarnationId>,
  tried: ReadonlySet<string>,
): Map<IncarnationId, string> {
  const newest = new Map<IncarnationId, { readonly address: string; readonly seq: number }>();
  for (const { address, digest } of answers) {
    for (const { incarnation, heldSeq } of digest.rows) {
      if (answered.has(incarnation) || tried.has(`${address} ${incarnation}`)) continue;
      const best = newest.get(incarnation)?.seq ?? node.state.copyOf(incarnation)?.seq ?? 0;
      if (heldSeq > best) newest.set(incarnation, { address, seq: heldSeq });
    }
  }
  return new Map(Array.from(newest, ([incarnation, { address }]) => [incarnation, address]));
}

function wantedOf(incarnation: IncarnationId, sinceSeq: number, revision: number): WantedShard {
  return { incarnation, sinceSeq, revision, resume: null };
}
