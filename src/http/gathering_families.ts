import type { ClusterNode } from "../cluster/cluster_node.ts";
import type { Gathering } from "../cluster/gathering.ts";
import { isGone, MEMBER_STATUSES } from "../cluster/member.ts";
import type { RenderSource } from "../exposition/render_source.ts";
import { type Conflict, CONFLICT_REASONS } from "../metrics/merge/contribution.ts";
import type { Gauge, GaugeFamily } from "../metrics/gauge.ts";
import type { MetricChanges } from "../metrics/metric_options.ts";
import { Registry } from "../metrics/registry.ts";

/** What only one answer can know: who was there, how old each shard in it is, and what was left out. */
export function gatheringFamilies(
  node: ClusterNode,
  gathering: Pick<Gathering, "answered">,
  conflicts: readonly Conflict[],
  { constantLabels = {}, rules = {} }: MetricChanges = {},
): RenderSource {
  // A new name could be taken, which must not break a scrape: these keep their own.
  const { drop = [], dropLabels = [] } = rules;
  const registry = new Registry({
    seriesPerFamilyMax: 100_000,
    constantLabels,
    rules: { drop, dropLabels },
  });
  const { nodes, age, answered, leftOut } = registerGatheringFamilies(registry);
  answered.set(gathering.answered.size);
  for (const reason of CONFLICT_REASONS) leftOut.labels({ reason });
  for (const { reason } of conflicts) leftOut.inc({ reason });
  for (const state of MEMBER_STATUSES) nodes.labels({ state });
  const awakeMs = node.awakeMs();
  for (const { identity, status } of node.state.roster.members) {
    nodes.inc({ state: status });
    const source = node.state.source(identity.incarnation, null, awakeMs);
    if (isGone(status) || source === undefined) continue;
    const series = age.labels({ node: identity.node });
    const seconds = Math.max(0, source.ageMs) / 1000;
    // Two living processes may share a name: the older copy is the one to worry about.
    series.set(Math.max(series.value, seconds));
  }
  registry.shard.stamp();
  return registry.shard;
}

/** What {@linkcode gatheringFamilies} sets. */
interface GatheringMetrics {
  readonly nodes: GaugeFamily<"state">;
  readonly age: GaugeFamily<"node">;
  readonly answered: Gauge;
  readonly leftOut: GaugeFamily<"reason">;
}

/** Registers the families that each merged answer has of its own. */
export function registerGatheringFamilies(registry: Registry): GatheringMetrics {
  return {
    nodes: registry.gauge({
      name: "muster_cluster_nodes",
      help: "Incarnations by state, as the node that answered this scrape sees them.",
      labels: ["state"],
      merge: "max",
    }),
    age: registry.gauge({
      name: "muster_shard_age_seconds",
      help: "How old each living node's part of this answer is, in seconds.",
      unit: "seconds",
      labels: ["node"],
      merge: "max",
    }),
    answered: registry.gauge({
      name: "muster_gather_answered",
      help: "Nodes that answered this gathering, the one that was scraped included.",
      merge: "max",
    }),
    leftOut: registry.gauge({
      name: "muster_merge_conflicts",
      help: "Families of a node that this answer leaves out since others define them differently.",
      labels: ["reason"],
      merge: "max",
    }),
  };
}
