import { assertEquals } from "@std/assert";
import { Registry } from "../../src/metrics/registry.ts";
import { contributionsOf } from "../../src/cluster/contributions.ts";
import { identityOf, replicaOf, stateOf } from "./known_copies.ts";

Deno.test("ClusterState keeps the copy of who is gone in the ledger, and gives it back", () => {
  const state = stateOf();
  const { incarnation } = identityOf(1);
  state.roster.hear({ identity: identityOf(1), seq: 5, ageMs: 0, direct: true }, 0);
  state.keep(replicaOf(1, 5));
  assertEquals([state.replicas.size, state.ledger.shards.size], [1, 0]);
  state.settle(state.roster.departed(incarnation, "lost", 60_000));
  assertEquals([state.replicas.size, state.ledger.shards.size], [0, 1]);
  state.settle(
    state.roster.hear({ identity: identityOf(1), seq: 6, ageMs: 0, direct: true }, 61_000),
  );
  assertEquals([state.replicas.size, state.ledger.shards.size], [1, 0]);
});

Deno.test("ClusterState folds its own copies of all that is in a base which it takes over", () => {
  const theirs = stateOf(98);
  theirs.ledger.add(replicaOf(1, 5), "left", 0);
  theirs.foldGone(1e9);
  const ours = stateOf();
  ours.ledger.add(replicaOf(1, 7), "left", 0);
  ours.joinBase(theirs.ledger.base.image(), theirs.ledger.base.hash, 0);
  assertEquals([ours.ledger.shards.size, ours.ledger.base.ids.size], [0, 1]);
  assertEquals(ours.heldSeq(identityOf(1).incarnation), 7, "its own copy was newer");
});

Deno.test("ClusterState loses nothing of its own when it takes over a base that has folded it", () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "c_total", help: "" });
  const ours = stateOf(1, registry.shard);
  const theirs = stateOf();
  theirs.ledger.add(replicaOf(1, 5), "lost", 0);
  theirs.foldGone(1e9);
  counter.inc(10);
  ours.joinBase(theirs.ledger.base.image(), theirs.ledger.base.hash, 0);
  ours.renew(identityOf(2), 0);
  counter.inc(100);
  ours.stamp(0);
  assertEquals(ours.ledger.base.sums.shard.pages[0]![0], 10, "they had folded 1 of it");
  assertEquals(ours.own.pages[0]![0], 100);
});

Deno.test("ClusterState counts nobody twice whom the roster forgot and met again", () => {
  const state = stateOf();
  state.roster.adopt(identityOf(1), "left", 5, 0);
  state.keep(replicaOf(1, 5));
  for (let i = 100; i < 1_200; i++) state.roster.adopt(identityOf(i), "left", 1, i);
  assertEquals(state.roster.member(identityOf(1).incarnation), undefined);
  state.roster.hear({ identity: identityOf(1), seq: 6, ageMs: 0, direct: true }, 2_000);
  state.keep(replicaOf(1, 6));
  const ids = contributionsOf(state, new Set(), 0).map(({ incarnation }) => incarnation);
  assertEquals(new Set(ids).size, ids.length);
});
