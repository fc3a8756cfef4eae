import { assertEquals, assertNotEquals } from "@std/assert";
import { Registry } from "../../src/metrics/registry.ts";
import { ClusterState } from "../../src/cluster/cluster_state.ts";
import { contributionsOf } from "../../src/cluster/contributions.ts";
import { makeDelta } from "../../src/cluster/delta.ts";
import type { Identity } from "../../src/cluster/identity.ts";
import { Ledger } from "../../src/cluster/ledger.ts";
import { Replica } from "../../src/cluster/replica.ts";
import { Roster } from "../../src/cluster/roster.ts";

const TIMES = { heartbeatMs: 1_000, suspectAfterMs: 5_000, downAfterMs: 10_000 };

function identity(number: number): Identity {
  const incarnation = number.toString(16).padStart(16, "0");
  return { node: `n${number}`, incarnation, startedAtMs: 0, version: "", address: "" };
}

/** A copy with one counter, at a seq. */
function replicaOf(number: number, seq: number): Replica {
  const registry = new Registry();
  registry.counter({ name: "c_total", help: "" }).inc(number);
  while (registry.shard.seq < seq) registry.shard.stamp();
  const source = { identity: identity(number), departure: null, shard: registry.shard, ageMs: 0 };
  const { delta } = makeDelta(source, { sinceSeq: 0, revision: 0, resume: null }, 1_000_000);
  const replica = new Replica(source.identity, 1_000);
  const verdict = replica.check(delta);
  if (verdict.kind !== "fits") throw new Error(verdict.kind);
  replica.apply(delta, verdict.changes, 0);
  return replica;
}

Deno.test("Ledger has one hash for the same shards, in whatever order and however departed", () => {
  const [first, second] = [new Ledger(), new Ledger()];
  const empty = first.hash;
  for (const number of [1, 2, 3]) first.add(replicaOf(number, 5), "left");
  for (const number of [3, 1, 2]) second.add(replicaOf(number, 5), "lost");
  assertEquals(first.hash, second.hash);
  assertNotEquals(first.hash, empty);
  second.add(replicaOf(2, 6), "left");
  assertNotEquals(first.hash, second.hash);
  first.take(identity(2).incarnation);
  second.take(identity(2).incarnation);
  assertEquals(first.hash, second.hash);
});

Deno.test("Ledger keeps values and drops the stamps, which only matter while the owner lives", () => {
  const ledger = new Ledger();
  ledger.add(replicaOf(7, 5), "left");
  const { replica, departure } = ledger.get(identity(7).incarnation)!;
  assertEquals([replica.stamps, replica.pages[0]![0], departure], [null, 7, "left"]);
  assertEquals(ledger.rows(), [{
    incarnation: identity(7).incarnation,
    seq: 5,
    departure: "left",
  }]);
});

function stateOf(): ClusterState {
  return new ClusterState(
    identity(99),
    new Registry().shard,
    new Roster(identity(99), TIMES, 0),
    0,
  );
}

Deno.test("ClusterState keeps the copy of who is gone in the ledger, and gives it back", () => {
  const state = stateOf();
  const { incarnation } = identity(1);
  state.roster.hear({ identity: identity(1), seq: 5, ageMs: 0, direct: true }, 0);
  state.keep(replicaOf(1, 5));
  assertEquals([state.replicas.size, state.ledger.shards.size], [1, 0]);
  state.settle(state.roster.departed(incarnation, "lost", 60_000));
  assertEquals([state.replicas.size, state.ledger.shards.size], [0, 1]);
  state.settle(
    state.roster.hear({ identity: identity(1), seq: 6, ageMs: 0, direct: true }, 61_000),
  );
  assertEquals([state.replicas.size, state.ledger.shards.size], [1, 0]);
});

Deno.test("ClusterState counts nobody twice whom the roster forgot and met again", () => {
  const state = stateOf();
  state.roster.adopt(identity(1), "left", 5, 0);
  state.keep(replicaOf(1, 5));
  for (let i = 100; i < 1_200; i++) state.roster.adopt(identity(i), "left", 1, i);
  assertEquals(state.roster.member(identity(1).incarnation), undefined);
  state.roster.hear({ identity: identity(1), seq: 6, ageMs: 0, direct: true }, 2_000);
  state.keep(replicaOf(1, 6));
  const ids = contributionsOf(state, new Set(), 0).map(({ incarnation }) => incarnation);
  assertEquals(new Set(ids).size, ids.length);
});

Deno.test("contributionsOf shows gauges of who answered or whose copy is under 3 s old, of no departed", () => {
  const state = stateOf();
  for (const number of [1, 2]) {
    state.roster.hear({ identity: identity(number), seq: 5, ageMs: 0, direct: true }, 0);
    state.keep(replicaOf(number, 5));
  }
  state.roster.adopt(identity(3), "left", 5, 0);
  state.keep(replicaOf(3, 5));
  const shownAt = (nowMs: number) =>
    contributionsOf(state, new Set([identity(2).incarnation]), nowMs).map(
      ({ node, life, gaugesShown }) => [node, life, gaugesShown],
    );
  assertEquals(shownAt(2_999), [
    ["n99", "live", true],
    ["n1", "live", true],
    ["n2", "live", true],
    ["n3", "departed", false],
  ]);
  assertEquals(shownAt(3_000)[1], ["n1", "live", false]);
  assertEquals(shownAt(3_000)[2], ["n2", "live", true]);
});

Deno.test("Replica.check tells apart what fits, is stale, has a gap, falls and is invalid", () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "c_total", help: "" });
  counter.inc(5);
  registry.shard.stamp();
  const source = { identity: identity(1), departure: null, shard: registry.shard, ageMs: 250 };
  const deltaFrom = (sinceSeq: number, revision: number) =>
    makeDelta(source, { sinceSeq, revision, resume: null }, 1_000_000).delta;
  const replica = new Replica(source.identity, 1_000);
  const first = deltaFrom(0, 0);
  const verdict = replica.check(first);
  if (verdict.kind !== "fits") throw new Error(verdict.kind);
  replica.apply(first, verdict.changes, 1_000);
  assertEquals([replica.seq, replica.freshAtMs, replica.cellCount], [1, 750, 1]);
  assertEquals(replica.check(first).kind, "stale");
  counter.inc(1);
  registry.shard.stamp();
  assertEquals(replica.check(deltaFrom(0, 0)).kind, "fits", "a longer way back");
  assertEquals(replica.check({ ...deltaFrom(1, 2), sinceSeq: 2 }).kind, "gap");
  assertEquals(replica.check({ ...deltaFrom(1, 2), layoutFrom: 3 }).kind, "gap");
  assertEquals(replica.check({ ...deltaFrom(1, 2), seq: 2 ** 32 }).kind, "invalid");
  registry.shard.live.set(0, 4);
  registry.shard.stamp();
  assertEquals(replica.check(deltaFrom(1, 2)), {
    kind: "falls",
    reason: "cell 0 fell from 5 to 4",
  });
  assertEquals(replica.pages[0]![0], 5, "to check changes nothing");
});
