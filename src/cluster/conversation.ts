import type { ClusterNode } from "./cluster_node.ts";
import type { BaseWant } from "./base_stage.ts";
import type { Push } from "./exchange.ts";
import { PageStage } from "./page_stage.ts";
import type { LinkOutcome } from "./peer_link.ts";
import type {
  DepartedRow,
  Digest,
  FoldedSummary,
  Hello,
  Want,
  WantedShard,
} from "./wire/message.ts";

/** Requests after which a conversation gives up: no shard has this many pages. */
const REQUESTS_MAX = 4_096;

/** What came of talking to one address. */
export type Talk =
  | {
    readonly kind: "answered";
    readonly hello: Hello;
    readonly digest: Digest | null;
    /** What the peer knows to be gone; null where this node knows the same. */
    readonly departed: readonly DepartedRow[] | null;
    /** What it has folded; null where this node has folded the same. */
    readonly folded: FoldedSummary | null;
    /** Whether all shards that were wanted came. */
    readonly isWhole: boolean;
  }
  /** The address is this node's own. */
  | { readonly kind: "self" }
  | Exclude<LinkOutcome, { readonly kind: "answer" }>;

/**
 * Asks one address, takes in the answer, and asks on for what the answer had no room for, until
 * nothing is left to want or `deadlineMs` has passed.
 */
export async function converse(
  node: ClusterNode,
  address: string,
  want: Want,
  push: Push | null,
  deadlineMs: number,
): Promise<Talk> {
  const stage = new PageStage(node.clock.nowMs());
  const first = await ask(node, address, want, push, stage, deadlineMs);
  if (first.kind !== "took") return first;
  const { hello, digest, departed, folded } = first;
  if (want.kind === "newer" || want.kind === "base") {
    await fetchBase(node, address, first, stage, deadlineMs);
  }
  let wanted = first.wanted;
  for (let requests = 1; wanted.length > 0 && requests < REQUESTS_MAX; requests++) {
    const want: Want = { kind: "listed", shards: wanted };
    const next = await ask(node, address, want, null, stage, deadlineMs);
    // Another process may have taken the address over in between; then these pages are not one whole.
    if (next.kind !== "took" || next.hello.incarnation !== hello.incarnation) break;
    if (isSame(wanted, next.wanted)) break;
    wanted = next.wanted;
  }
  return { kind: "answered", hello, digest, departed, folded, isWhole: wanted.length === 0 };
}

/** Asks for the base part by part, unless another conversation is about to bring the same. */
async function fetchBase(
  node: ClusterNode,
  address: string,
  first: Took,
  stage: PageStage,
  deadlineMs: number,
): Promise<void> {
  const { wantedBase } = first;
  if (wantedBase === null || node.fetchedBases.has(wantedBase.hash)) return;
  node.fetchedBases.add(wantedBase.hash);
  try {
    let next: BaseWant | null = wantedBase;
    for (let requests = 1; next !== null && requests < REQUESTS_MAX; requests++) {
      const before: BaseWant = next;
      const want: Want = { kind: "base", ...before };
      const asked = await ask(node, address, want, null, stage, deadlineMs);
      if (asked.kind !== "took" || asked.hello.incarnation !== first.hello.incarnation) return;
      next = asked.wantedBase;
      if (next?.hash === before.hash && next.offset === before.offset) return;
    }
  } finally {
    node.fetchedBases.delete(wantedBase.hash);
  }
}

/** An answer that was taken in, and what it leaves to ask for. */
interface Took {
  readonly kind: "took";
  readonly hello: Hello;
  readonly digest: Digest | null;
  readonly departed: readonly DepartedRow[] | null;
  readonly folded: FoldedSummary | null;
  readonly wanted: readonly WantedShard[];
  readonly wantedBase: BaseWant | null;
}

type Asked = Exclude<Talk, { readonly kind: "answered" }> | Took;

async function ask(
  node: ClusterNode,
  address: string,
  want: Want,
  push: Push | null,
  stage: PageStage,
  deadlineMs: number,
): Promise<Asked> {
  const askedAtMs = node.clock.nowMs();
  const timeoutMs = deadlineMs - askedAtMs;
  if (timeoutMs <= 0) return { kind: "silent", reason: "the deadline had passed" };
  const outcome = await node.link.send(address, node.request(want, push), timeoutMs);
  if (outcome.kind !== "answer") {
    node.noteFailure(address, outcome);
    return outcome;
  }
  const { message, rttMs } = outcome;
  if (message.hello.incarnation === node.state.self.incarnation) {
    node.noteSelf(address);
    return { kind: "self" };
  }
  const taken = node.take(message, address, rttMs, stage, askedAtMs);
  if (taken.kind === "rejected") {
    const rejected = { kind: "unusable", reason: taken.reason } as const;
    node.noteFailure(address, rejected);
    return rejected;
  }
  const { hello, digest, departed, folded } = message;
  const { wanted, wantedBase } = taken;
  return { kind: "took", hello, digest, departed, folded, wanted, wantedBase };
}

/** Whether an answer brought nothing of what was wanted, so that asking on would go round in circles. */
function isSame(before: readonly WantedShard[], after: readonly WantedShard[]): boolean {
  return before.length === after.length && JSON.stringify(before) === JSON.stringify(after);
}
