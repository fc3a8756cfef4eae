import { assertEquals, assertNotEquals } from "@std/assert";
import { Ledger } from "../../src/cluster/ledger.ts";
import { identityOf, replicaOf } from "./known_copies.ts";

Deno.test("Ledger has one hash for the same shards, in whatever order and however departed", () => {
  const [first, second] = [new Ledger(), new Ledger()];
  const empty = first.hash;
  for (const number of [1, 2, 3]) first.add(replicaOf(number, 5), "left", 0);
  for (const number of [3, 1, 2]) second.add(replicaOf(number, 5), "lost", 0);
  assertEquals(first.hash, second.hash);
  assertNotEquals(first.hash, empty);
  second.add(replicaOf(2, 6), "left", 0);
  assertNotEquals(first.hash, second.hash);
  first.take(identityOf(2).incarnation);
  second.take(identityOf(2).incarnation);
  assertEquals(first.hash, second.hash);
});

Deno.test("Ledger keeps values and drops the stamps, which only matter while the owner lives", () => {
  const ledger = new Ledger();
  ledger.add(replicaOf(7, 5), "left", 0);
  const { replica, departure } = ledger.get(identityOf(7).incarnation)!;
  assertEquals([replica.stamps, replica.pages[0]![0], departure], [null, 7, "left"]);
  assertEquals(ledger.rows(), [{
    incarnation: identityOf(7).incarnation,
    seq: 5,
    departure: "left",
  }]);
});
