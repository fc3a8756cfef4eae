import type { ClusterState } from "./cluster_state.ts";
import type { Message, WantedShard } from "./wire/message.ts";

/** The shards that a request asks for, of those that this node could have. */
export function wantedBy(state: ClusterState, request: Message): readonly WantedShard[] {
  const { want, hello } = request;
  const { self, own, replicas } = state;
  switch (want?.kind) {
    case "own":
      return want.have?.incarnation === self.incarnation
        ? [want.have]
        : [{ incarnation: self.incarnation, sinceSeq: 0, revision: 0, resume: null }];
    case "listed":
      return want.shards;
    case "newer": {
      const theirs = new Map(request.digest?.rows.map((row) => [row.incarnation, row]));
      const wanted: WantedShard[] = [];
      for (const [incarnation, shard] of [[self.incarnation, own] as const, ...replicas]) {
        const row = theirs.get(incarnation);
        const sinceSeq = row?.heldSeq ?? 0;
        if (incarnation === hello.incarnation || shard.seq <= sinceSeq) continue;
        wanted.push({ incarnation, sinceSeq, revision: row?.revision ?? 0, resume: null });
      }
      return wanted;
    }
    default:
      return [];
  }
}
