import { assertEquals, assertNotEquals } from "@std/assert";
import {
  DEPARTED_BYTES_MAX,
  DEPARTED_MAX,
  FOLDED_AT_ONCE_MAX,
  Ledger,
  LEDGER_LIMITS,
} from "../../src/cluster/ledger.ts";
import { CellRuns } from "../../src/cluster/wire/cell_runs.ts";
import { LayoutAdditions } from "../../src/cluster/wire/layout_additions.ts";
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

Deno.test("Ledger finds those due who are gone for long, and the longest gone where there are too many", () => {
  const ledger = new Ledger({ ...LEDGER_LIMITS, foldAfterMs: 1_000 });
  for (const number of [1, 2, 3]) ledger.add(replicaOf(number, 5), "left", 100 * number);
  assertEquals(ledger.due(1_099), []);
  assertEquals(ledger.due(1_200).sort(), [1, 2].map((n) => identityOf(n).incarnation));
  for (let number = 4; number < DEPARTED_MAX + 3; number++) {
    ledger.add(replicaOf(number, 5), "left", 900);
  }
  assertEquals(ledger.due(1_000), [1, 2].map((n) => identityOf(n).incarnation));
  const due = ledger.due(2_000);
  assertEquals(due.slice(0, 3), [1, 2, 3].map((n) => identityOf(n).incarnation));
  assertEquals(due.length, FOLDED_AT_ONCE_MAX, "a thousand at once would hold the event loop");
});

Deno.test("Ledger finds the longest gone due where all of them take too many bytes", () => {
  const ledger = new Ledger();
  const cells = 50_000;
  const bytes = Math.ceil(cells / 1_024) * 8_192;
  const fitting = Math.floor(DEPARTED_BYTES_MAX / (bytes + 100));
  for (let number = 1; number <= fitting + 2; number++) {
    const replica = replicaOf(number, 5);
    ledger.add(replica, "lost", number);
    Object.defineProperty(replica, "bytes", { value: bytes + 100 });
  }
  assertEquals(ledger.due(1_000).sort(), [1, 2].map((n) => identityOf(n).incarnation));
});

Deno.test("a departed copy still refuses what would fall, and takes what grows", () => {
  const ledger = new Ledger();
  const replica = replicaOf(7, 5);
  ledger.add(replica, "left", 0);
  const { layout } = replica;
  const delta = (value: number) => {
    const cells = new CellRuns();
    cells.push(0, value);
    return {
      identity: replica.identity,
      departure: null,
      seq: 6,
      sinceSeq: 5,
      ageMs: 0,
      layoutFrom: layout.revision,
      additions: new LayoutAdditions(),
      cells,
      next: null,
    };
  };
  assertEquals(replica.check(delta(6)).kind, "falls");
  assertEquals(replica.check(delta(8)).kind, "fits");
});
