import { assertEquals } from "@std/assert";
import type { AnsweringPeer } from "../../src/cluster/gathering.ts";
import { claimsOf, openClaims } from "../../src/cluster/write_back.ts";
import { SimulatedCluster } from "./simulated_cluster.ts";

const HITS = { name: "hits_total", help: "Hits." };

function holdersOf(members: number, peers: number): readonly [own: number, other: number] {
  const shown = new Map([["own", 3], ["other", 4]]);
  const claims = claimsOf("own", shown, members, peers);
  const of = (incarnation: string) =>
    claims.find((claim) => claim.incarnation === incarnation)!.holders;
  return [of("own"), of("other")];
}

Deno.test("claimsOf wants two holders of the own cells, and half of up to 16 members for everything", () => {
  const table: readonly (readonly [number, number, readonly [number, number]])[] = [
    [1, 0, [0, 0]],
    [2, 1, [1, 1]],
    [3, 2, [2, 1]],
    [4, 3, [2, 2]],
    [5, 4, [2, 2]],
    [5, 1, [1, 1]],
    [9, 8, [4, 4]],
    [16, 15, [8, 8]],
    [17, 16, [2, 0]],
    [50, 49, [2, 0]],
  ];
  for (const [members, peers, holders] of table) {
    assertEquals(holdersOf(members, peers), holders, `${members} members, ${peers} peers`);
  }
});

Deno.test("openClaims leaves out what enough peers hold at the seq or a later one", () => {
  const peer = (seq: number): AnsweringPeer => ({
    address: `10.0.0.${seq}:1`,
    incarnation: `peer-${seq}`,
    held: new Map([["a", seq]]),
    revisions: new Map(),
    baseHash: "",
  });
  const claim = { incarnation: "a", seq: 5, holders: 2 };
  assertEquals(openClaims([claim], [peer(5), peer(6), peer(4)]), []);
  assertEquals(openClaims([claim], [peer(5), peer(4)]), [{ ...claim, missing: 1 }]);
});

Deno.test("what a scrape showed of its own node survives that node's death a moment later", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"]);
  const hits = a!.registry.counter(HITS);
  await cluster.run(2_500);
  hits.inc(7);
  const shown = await cluster.scrape(a!, 3_000);
  assertEquals(shown.kind === "exposed" && shown.sum("hits_total"), 7);
  a!.kill("process");
  for (const node of [b!, c!]) {
    const scrape = await cluster.scrape(node, 3_000);
    assertEquals(scrape.kind === "exposed" && scrape.sum("hits_total"), 7);
  }
});

Deno.test("what a scrape learned of others is held by half of five before it is shown", async () => {
  const names = ["a", "b", "c", "d", "e"];
  const { cluster, nodes } = await SimulatedCluster.of(names);
  const [a, b] = nodes;
  const hits = b!.registry.counter(HITS);
  await cluster.run(2_500);
  hits.inc(7);
  const shown = await cluster.scrape(a!, 3_000);
  assertEquals(shown.kind === "exposed" && shown.sum("hits_total"), 7);
  // The owner and the one that showed it are both gone before any round could tell the others.
  a!.kill("process");
  b!.kill("process");
  const scrape = await cluster.scrape(nodes[2]!, 3_000);
  assertEquals(scrape.kind === "exposed" && scrape.sum("hits_total"), 7);
});

Deno.test("who leaves hands over the newest copies that it alone holds", async () => {
  const { cluster, nodes: [a, b, c, d] } = await SimulatedCluster.of(["a", "b", "c", "d"]);
  const hits = d!.registry.counter(HITS);
  await cluster.run(2_500);
  cluster.between(b!, d!, { kind: "cut" });
  cluster.between(c!, d!, { kind: "cut" });
  for (const node of [b!, c!]) void node.rounds.stop();
  hits.inc(7);
  // A learns of it in its rounds, and D dies before anybody else could.
  await cluster.run(1_500);
  d!.kill("process");
  assertEquals(
    a!.node.state.copyOf(d!.incarnation)!.seq > b!.node.state.copyOf(d!.incarnation)!.seq,
    true,
  );
  await cluster.settled(a!.leave(), 6_000);
  const scrape = await cluster.scrape(b!, 3_000);
  assertEquals(scrape.kind === "exposed" && scrape.sum("hits_total"), 7);
});
