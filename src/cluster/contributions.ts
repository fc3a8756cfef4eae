import type { Contribution } from "../metrics/merge/contribution.ts";
import type { Shard } from "../metrics/shard.ts";
import type { ClusterState } from "./cluster_state.ts";
import type { IncarnationId } from "./identity.ts";

/** How old the copy of a gauge may be whose owner did not answer. */
const GAUGE_AGE_MS_MAX = 3_000;

/** What stands in a merge in the place of an incarnation for all who were folded. */
export const FOLDED_PART = "folded";

/** It comes before any incarnation of their time. */
const FOLDED = {
  node: FOLDED_PART,
  incarnation: FOLDED_PART,
  startedAtMs: 0,
  life: "folded",
  gaugesShown: false,
} as const;

/**
 * What each incarnation gives to a merge, and what those who were folded give together. Counters count whether or not their owner still lives;
 * gauges only where the owner answered this gathering or its copy is fresh, since a gauge that is
 * frozen looks alive. `own` is this node's shard as the gathering found it.
 */
export function contributionsOf(
  state: ClusterState,
  answered: ReadonlySet<IncarnationId>,
  nowMs: number,
  own: Shard = state.own,
): Contribution[] {
  const { self } = state;
  const contributions: Contribution[] = [
    { ...identified(self), shard: own, life: "live", gaugesShown: true },
  ];
  for (const replica of state.replicas.values()) {
    const isFresh = nowMs - replica.freshAtMs < GAUGE_AGE_MS_MAX;
    contributions.push({
      ...identified(replica.identity),
      shard: replica,
      life: "live",
      gaugesShown: isFresh || answered.has(replica.identity.incarnation),
    });
  }
  for (const { replica } of state.ledger.shards.values()) {
    contributions.push({
      ...identified(replica.identity),
      shard: replica,
      life: "departed",
      gaugesShown: false,
    });
  }
  const { base } = state.ledger;
  if (base.ids.size > 0) {
    const { shard } = base.sums;
    contributions.push({
      ...FOLDED,
      shard,
      low: shard.low,
      createdMsOf: (series) => base.sums.createdMsOf(series),
    });
  }
  return contributions;
}

function identified(
  { node, incarnation, startedAtMs }: Pick<Contribution, "node" | "incarnation" | "startedAtMs">,
): Pick<Contribution, "node" | "incarnation" | "startedAtMs"> {
  return { node, incarnation, startedAtMs };
}
