import { assertEquals } from "@std/assert";
import { contributionsOf } from "../../src/cluster/contributions.ts";
import { identityOf, replicaOf, stateOf } from "./known_copies.ts";

Deno.test("contributionsOf shows gauges of who answered or whose copy is under 3 s old, of no departed", () => {
  const state = stateOf();
  for (const number of [1, 2]) {
    state.roster.hear({ identity: identityOf(number), seq: 5, ageMs: 0, direct: true }, 0);
    state.keep(replicaOf(number, 5));
  }
  state.roster.adopt(identityOf(3), "left", 5, 0);
  state.keep(replicaOf(3, 5));
  const shownAt = (nowMs: number) =>
    contributionsOf(state, new Set([identityOf(2).incarnation]), nowMs).map(
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
