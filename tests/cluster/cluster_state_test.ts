import { assertEquals } from "@std/assert";
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
