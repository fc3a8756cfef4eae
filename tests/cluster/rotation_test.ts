import { assert, assertEquals } from "@std/assert";
import { fanout, Rotation } from "../../src/cluster/rotation.ts";
import { SeededRandom } from "./seeded_random.ts";

Deno.test("fanout asks all of few, the logarithm of many, and 7 at most", () => {
  const table: readonly (readonly [number, number])[] = [
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 3],
    [7, 3],
    [8, 4],
    [15, 4],
    [16, 5],
    [63, 6],
    [64, 7],
    [99, 7],
    [999, 7],
  ];
  for (const [peers, asked] of table) assertEquals(fanout(peers), asked, `${peers} peers`);
});

Deno.test("Rotation gives everybody a turn before anybody has another", () => {
  const rotation = new Rotation(new SeededRandom(1));
  const targets = Array.from({ length: 35 }, (_, i) => `${i}`);
  const asked = Array.from({ length: 6 }, () => rotation.next(targets)).flat();
  assertEquals(asked.length, 36);
  assertEquals(new Set(asked.slice(0, 35)).size, 35);
});

Deno.test("Rotation drops who is gone and takes in who is new within one turn", () => {
  const rotation = new Rotation(new SeededRandom(1));
  rotation.next(["a", "b", "c", "d", "e"]);
  const asked = new Set<string>();
  for (let round = 0; round < 4; round++) {
    for (const address of rotation.next(["a", "b", "c", "x"])) asked.add(address);
  }
  assertEquals([...asked].sort(), ["a", "b", "c", "x"]);
});

Deno.test("in a cluster of 1,000 every heartbeat is everywhere long before anybody is suspect", () => {
  const nodes = 1_000;
  const random = new SeededRandom(42);
  const addresses = Array.from({ length: nodes }, (_, i) => String(i));
  const rotations = addresses.map(() => new Rotation(random.fork()));
  const others = addresses.map((own) => addresses.filter((address) => address !== own));
  // heard[n][m]: the newest round of m that n heard of. An exchange tells both sides what either knows.
  const heard = addresses.map(() => new Uint16Array(nodes));
  let oldest = 0;
  for (let round = 1; round <= 12; round++) {
    heard.forEach((row, node) => row[node] = round);
    for (let node = 0; node < nodes; node++) {
      for (const address of rotations[node]!.next(others[node]!)) {
        const [mine, theirs] = [heard[node]!, heard[Number(address)]!];
        for (let i = 0; i < nodes; i++) {
          const newest = Math.max(mine[i]!, theirs[i]!);
          mine[i] = theirs[i] = newest;
        }
      }
    }
    if (round < 4) continue;
    for (const row of heard) for (const seen of row) oldest = Math.max(oldest, round - seen);
  }
  assert(oldest <= 2, `somebody's heartbeat was ${oldest} rounds old`);
});
