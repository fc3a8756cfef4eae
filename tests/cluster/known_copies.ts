import { ClusterState } from "../../src/cluster/cluster_state.ts";
import { DeltaMaker } from "../../src/cluster/delta.ts";
import type { Identity } from "../../src/cluster/identity.ts";
import { Replica } from "../../src/cluster/replica.ts";
import { Roster } from "../../src/cluster/roster.ts";
import type { OwnShard } from "../../src/metrics/own_shard.ts";
import { Registry } from "../../src/metrics/registry.ts";

const TIMES = { heartbeatMs: 1_000, suspectAfterMs: 5_000, downAfterMs: 10_000 };

/** A node of a number. */
export function identityOf(number: number): Identity {
  const incarnation = number.toString(16).padStart(16, "0");
  return { node: `n${number}`, incarnation, startedAtMs: 0, version: "", address: "" };
}

/** A copy with one counter, at a seq. */
export function replicaOf(number: number, seq: number): Replica {
  const registry = new Registry();
  registry.counter({ name: "c_total", help: "" }).inc(number);
  while (registry.shard.seq < seq) registry.shard.stamp();
  const source = { identity: identityOf(number), departure: null, shard: registry.shard, ageMs: 0 };
  const { delta } = new DeltaMaker().make(
    source,
    { sinceSeq: 0, revision: 0, resume: null },
    1_000_000,
  );
  const replica = new Replica(source.identity, 1_000);
  const verdict = replica.check(delta);
  if (verdict.kind !== "fits") throw new Error(verdict.kind);
  replica.apply(delta, verdict.changes, 0);
  return replica;
}

/** The state of a node of a number, which knows nobody. */
export function stateOf(number = 99, own: OwnShard = new Registry().shard): ClusterState {
  return new ClusterState(identityOf(number), own, new Roster(identityOf(number), TIMES, 0), 0);
}
