import { assert, assertEquals } from "@std/assert";
import { cellRounds } from "../../src/cluster/rounds.ts";
import { SimulatedCluster } from "./simulated_cluster.ts";

Deno.test("cellRounds moves cells in every round of up to 100 nodes, and rarer in larger clusters", () => {
  const table = [[1, 1], [100, 1], [149, 1], [200, 2], [500, 5], [1_000, 10]] as const;
  for (const [nodes, rounds] of table) assertEquals(cellRounds(nodes), rounds, `${nodes} nodes`);
});

Deno.test("Rounds moves cells by how many nodes live, not by how many ever did", async () => {
  const { cluster, nodes: [a, b] } = await SimulatedCluster.of(["a", "b"]);
  for (let i = 0; i < 900; i++) {
    const incarnation = i.toString(16).padStart(16, "0");
    const identity = { node: `old${i}`, incarnation, startedAtMs: 0, version: "", address: "" };
    a!.node.state.roster.adopt(identity, "left", 1, 0);
  }
  const wants: string[] = [];
  cluster.network.onDelivery = ({ from, message }) => {
    if (from === a!.address) wants.push(message.want!.kind);
  };
  await cluster.run(5_000);
  assertEquals(new Set(wants), new Set(["newer"]));
  assertEquals(b!.statusOf(a!), "up");
});

Deno.test("Rounds asks a peer that is slow again only when it has answered", async () => {
  const { cluster, nodes: [a, b] } = await SimulatedCluster.of(["a", "b"]);
  let open = 0;
  cluster.network.onDelivery = ({ from }) => {
    if (from === a!.address) open++;
  };
  cluster.between(a!, b!, { kind: "open", delayMs: 850 });
  await cluster.run(10_000);
  assert(open >= 4 && open <= 6, `${open} requests in 10 s, each of which took 1.7 s`);
});

Deno.test("Rounds.stop waits for the conversations under way and begins no other", async () => {
  const { cluster, nodes: [a] } = await SimulatedCluster.of(["a", "b"]);
  await cluster.settled(a!.rounds.stop(), 3_000);
  const { count } = a!.rounds;
  await cluster.run(5_000);
  assertEquals(a!.rounds.count, count);
});

Deno.test("60 nodes that start at once know each other and are complete within 14 rounds", async () => {
  const cluster = new SimulatedCluster(11, { measuresItself: false });
  const nodes = Array.from({ length: 60 }, (_, i) => cluster.start(`n${i}`));
  nodes.forEach((node) => node.registry.counter({ name: "hits_total", help: "" }).inc());
  // Each needs word from all 59 others, 6 a round, before the first may call itself the first.
  await cluster.run(14_000);
  for (const node of nodes) {
    assert(node.node.exchange.isComplete, node.name);
    assertEquals(new Set(cluster.statusesOf(node, nodes)), new Set(["up"] as const));
  }
  const scrape = await cluster.scrape(nodes[7]!);
  assertEquals(scrape.kind === "exposed" && scrape.sum("hits_total"), 60);
});
