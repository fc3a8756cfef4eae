import { assertEquals } from "@std/assert";
import { DeltaMaker } from "../../src/cluster/delta.ts";
import { Replica } from "../../src/cluster/replica.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { identityOf } from "./known_copies.ts";

Deno.test("Replica.check tells apart what fits, is stale, has a gap, falls and is invalid", () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "c_total", help: "" });
  counter.inc(5);
  registry.shard.stamp();
  const source = { identity: identityOf(1), departure: null, shard: registry.shard, ageMs: 250 };
  const deltaFrom = (sinceSeq: number, revision: number) =>
    new DeltaMaker().make(source, { sinceSeq, revision, resume: null }, 1_000_000).delta;
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
  assertEquals(replica.problemOf(deltaFrom(1, 2)), null, "a fall is no fault of the message");
  assertEquals(
    replica.problemOf({ ...deltaFrom(1, 2), seq: 2 ** 32 }),
    `seq must be at most ${2 ** 32 - 1}: received ${2 ** 32}`,
  );
});
