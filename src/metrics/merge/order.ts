import type { Contribution } from "./contribution.ts";

/** By incarnation: should a sum ever be inexact, it is so in the same way on every node. */
export function inOrder(contributions: readonly Contribution[]): readonly Contribution[] {
  const ordered = contributions.toSorted((a, b) => a.incarnation < b.incarnation ? -1 : 1);
  for (let i = 1; i < ordered.length; i++) {
    if (ordered[i]!.incarnation === ordered[i - 1]!.incarnation) {
      throw new RangeError(
        `Cannot merge the shards: each incarnation must contribute once: received ` +
          `"${ordered[i]!.incarnation}" twice, so keep only its newest copy`,
      );
    }
  }
  return ordered;
}

/**
 * Where two live incarnations bear one name, only the newest one's `per_node` gauges can be shown: both
 * would be the same series.
 */
export function newestOfEachNode(
  contributions: readonly Contribution[],
): ReadonlyMap<string, Contribution> {
  const newest = new Map<string, Contribution>();
  for (const contribution of contributions) {
    if (contribution.life !== "live") continue;
    const other = newest.get(contribution.node);
    if (other === undefined || contribution.startedAtMs >= other.startedAtMs) {
      newest.set(contribution.node, contribution);
    }
  }
  return newest;
}
