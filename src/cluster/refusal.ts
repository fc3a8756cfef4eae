import type { ClusterNode } from "./cluster_node.ts";
import type { Gathering } from "./gathering.ts";
import type { IncarnationId } from "./identity.ts";
import { quorumOf, refusalSentence, USUAL_CAUSES, type Voter } from "./quorum.ts";

/**
 * Why what was gathered must not be shown, as a sentence for an operator, or null: a gap is honest, a
 * wrong total is not.
 */
export function refusalOf(
  node: ClusterNode,
  voters: readonly Voter[],
  { lacking, lackingBases, failures }: Pick<Gathering, "lacking" | "lackingBases" | "failures">,
): string | null {
  const quorum = quorumOf(voters);
  if (!quorum.reached) return refusalSentence(voters, quorum);
  const nameOf = (incarnation: IncarnationId) => {
    const name = node.state.roster.member(incarnation)?.identity.node;
    return name === undefined ? incarnation : `${name} (${incarnation})`;
  };
  if (lackingBases.length > 0) {
    const holders = lackingBases.map(nameOf).join(", ");
    return `Cannot answer for the cluster: the totals of those who are long gone differ from those of ` +
      `${holders}, and could not be had in time.${outOfReach(node, failures)}`;
  }
  if (lacking.length === 0) return null;
  const names = lacking.map(nameOf);
  return `Cannot answer for the cluster: newer copies of these shards exist and could not be had in ` +
    `time: ${names.join(", ")}.${outOfReach(node, failures)}`;
}

/** Why a node that is not complete can't answer yet, as a sentence for an operator. */
export function newcomersReason(node: ClusterNode): string {
  const start = "Cannot answer for the cluster yet: this node is new and holds no totals.";
  const targets = node.targets();
  if (targets.length === 0) return `${start} Discovery has not listed this node yet.`;
  const failures = targets.flatMap((address) => {
    const reason = node.failureAt(address);
    return reason === undefined ? [] : [{ address, reason }];
  });
  return `${start} It waits for a peer that has them: ${targets.join(", ")}.` +
    outOfReach(node, failures);
}

function outOfReach(
  node: ClusterNode,
  failures: readonly { readonly address: string; readonly reason: string }[],
): string {
  if (failures.length === 0) return "";
  const silent = failures.map(({ address, reason }) =>
    `${address} (${reason}, not heard for ${Math.round(node.silentForMs(address) / 1000)} s)`
  );
  return ` Out of reach: ${silent.join(", ")}. ${USUAL_CAUSES}`;
}
