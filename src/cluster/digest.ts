import type { ClusterState } from "./cluster_state.ts";
import type { IncarnationId } from "./identity.ts";
import { isGone } from "./member.ts";
import type { Digest, DigestRow } from "./wire/message.ts";

/** What a node knows. With `also`, a row of that incarnation even where it is gone. */
export function digestOf(
  state: ClusterState,
  also: IncarnationId | null,
  nowMs: number,
): Digest {
  const { roster, own, self, ledger } = state;
  const rows: DigestRow[] = [];
  for (const member of roster.members) {
    const { incarnation } = member.identity;
    if (isGone(member.status) && incarnation !== also) continue;
    if (incarnation === self.incarnation) {
      const { seq, revision } = own;
      rows.push({ incarnation, heardSeq: seq, heldSeq: seq, ageMs: 0, revision });
      continue;
    }
    const copy = state.copyOf(incarnation);
    const heldSeq = copy?.seq ?? 0;
    rows.push({
      incarnation,
      heardSeq: Math.max(member.heardSeq, heldSeq),
      heldSeq,
      ageMs: nowMs - member.movedAtMs,
      revision: copy?.revision ?? 0,
    });
  }
  return { rows, departedHash: ledger.hash, baseHash: ledger.base.hash };
}
