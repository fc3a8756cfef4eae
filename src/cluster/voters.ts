import type { ClusterNode } from "./cluster_node.ts";
import type { Gathering, GatheringFailure } from "./gathering.ts";
import { isGone, type Member } from "./member.ts";
import type { Voter } from "./quorum.ts";

/** How long a listed address of which nobody knows who is there may be silent without counting. */
const UNKNOWN_SILENT_MS = 3_000;

/**
 * Who counts when it is decided whether enough answered: this node, every incarnation that is not gone,
 * and listed addresses that have been silent for a while. A refused connection is a dead process and
 * counts for nothing, unless no peer has ever answered: then it may be this node that is cut off.
 */
export function votersOf(node: ClusterNode, gathering: Gathering): Voter[] {
  const failures = new Map(gathering.failures.map((failure) => [failure.address, failure]));
  const awakeMs = node.awakeMs();
  const voters: Voter[] = [];
  for (const member of node.state.roster.members) {
    if (isGone(member.status)) continue;
    const { incarnation, node: name, startedAtMs } = member.identity;
    const answered = gathering.answered.has(incarnation);
    const failure = answered ? undefined : failureOf(node, member, failures);
    if (failure?.kind === "refused" && node.hasTalked) continue;
    voters.push({
      incarnation,
      name,
      startedAtMs,
      answered,
      reason: answered ? "" : reasonOf(failure),
      silentMs: answered ? 0 : awakeMs - (member.directAtMs ?? member.sinceMs),
    });
  }
  for (const failure of gathering.failures) {
    if (node.state.roster.ownerOf(failure.address) !== undefined) continue;
    const silentMs = node.silentForMs(failure.address);
    const counts = failure.kind === "refused" ? !node.hasTalked : silentMs >= UNKNOWN_SILENT_MS;
    if (!counts || node.isForeign(failure.address)) continue;
    const { address: name, reason } = failure;
    voters.push({
      incarnation: null,
      name,
      startedAtMs: Infinity,
      answered: false,
      reason,
      silentMs,
    });
  }
  return voters;
}

function reasonOf(failure: GatheringFailure | undefined): string {
  if (failure === undefined) return "it has no address that could be asked";
  return `${failure.address}: ${failure.reason}`;
}

/** What came of asking a member; of several addresses, one that was not refused tells more. */
function failureOf(
  node: ClusterNode,
  member: Member,
  failures: ReadonlyMap<string, GatheringFailure>,
): GatheringFailure | undefined {
  const { incarnation } = member.identity;
  const own = [...member.addresses]
    .filter((address) => (node.state.roster.ownerOf(address) ?? incarnation) === incarnation)
    .flatMap((address) => failures.get(address) ?? []);
  return own.find(({ kind }) => kind !== "refused") ?? own[0];
}
