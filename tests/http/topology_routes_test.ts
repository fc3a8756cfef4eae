import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { LEDGER_LIMITS } from "../../src/cluster/ledger.ts";
import type { Topology } from "../../src/cluster/topology.ts";
import { topologyRoutes } from "../../src/http/topology_routes.ts";
import { SimulatedCluster } from "../cluster/simulated_cluster.ts";

async function topologyFrom(app: ReturnType<typeof topologyRoutes>): Promise<Topology> {
  return await (await app.request("/cluster/topology")).json();
}

Deno.test("GET /cluster/topology says whose view it is, who is in it and who is gone", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["b", "a", "c"]);
  await cluster.settled(c!.leave(), 6_000);
  await cluster.run(1_000);
  const topology = await topologyFrom(topologyRoutes(a!.node));
  assertEquals(topology.self, { id: "b", incarnation: a!.incarnation, cluster: "simulated" });
  assertEquals(topology.members.map(({ id }) => id), ["b", "a"], "this node first");
  assertEquals(topology.departed.map(({ id, status }) => [id, status]), [["c", "left"]]);
  assertEquals(topology.summary.statuses.up, 2);
  assertEquals(topology.summary.complete, true);
  const peer = topology.members[1]!;
  assertEquals([peer.addresses, peer.listedInDns, peer.reachable, peer.failure], [
    [b!.address],
    true,
    true,
    null,
  ]);
  assertEquals(peer.shard!.seq > 0 && peer.shard!.bytes > 0, true);
});

Deno.test("GET /cluster/topology and the metrics tell what a merge left out, and of whom", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"]);
  for (const node of [a!, b!]) node.registry.counter({ name: "x_total", help: "X." }).inc();
  c!.registry.gauge({ name: "x_total", help: "X." }).set(7);
  const scrape = await cluster.scrape(a!);
  assert(scrape.kind === "exposed");
  assertEquals(scrape.sum("x_total"), 2);
  assertEquals(scrape.sum("muster_merge_conflicts", { reason: "type" }), 1);
  assertEquals(scrape.sum("muster_merge_conflicts"), 1);
  assertEquals((await topologyFrom(topologyRoutes(a!.node))).conflicts, [{
    family: "x_total",
    node: "c",
    incarnation: c!.incarnation,
    reason: "type",
    winner: "x_total",
  }]);
});

Deno.test("GET /cluster/topology tells what is kept of who is gone", async () => {
  const { cluster, nodes: [a, b] } = await SimulatedCluster.of(["a", "b"], {
    measuresItself: false,
    ledger: { ...LEDGER_LIMITS, foldAfterMs: 5_000 },
  });
  b!.registry.counter({ name: "x_total", help: "X." }).inc();
  await cluster.settled(b!.leave(), 6_000);
  cluster.unlist(b!.address);
  const ledger = async () => (await topologyFrom(topologyRoutes(a!.node))).ledger;
  const { baseHash, ...before } = await ledger();
  assertEquals(before, { shards: 1, folded: 0, baseSeries: 0, baseCells: 0, forgottenSeries: 0 });
  await cluster.run(10_000);
  const { baseHash: after, ...folded } = await ledger();
  assertEquals(folded, { shards: 0, folded: 1, baseSeries: 1, baseCells: 1, forgottenSeries: 0 });
  assertNotEquals(after, baseHash);
});

Deno.test("GET /cluster/topology names addresses that do not answer, and why", async () => {
  const { cluster, nodes: [a, b] } = await SimulatedCluster.of(["a", "b"]);
  b!.kill();
  await cluster.run(3_000);
  const { unreachable, members } = await topologyFrom(topologyRoutes(a!.node));
  assertEquals(unreachable, [{ address: b!.address, reason: "connection refused" }]);
  assertEquals([members[1]!.reachable, members[1]!.failure], [false, "connection refused"]);
});

Deno.test("GET /cluster/topology/:node gives every life of a name, and says which names there are", async () => {
  const { cluster, nodes: [a, b] } = await SimulatedCluster.of(["a", "b"]);
  b!.kill();
  const again = cluster.start("b", { address: b!.address });
  await cluster.until("the new life", () => a!.statusOf(again) === "up", 5_000);
  const app = topologyRoutes(a!.node);
  const { lives } = await (await app.request("/cluster/topology/b")).json();
  const statuses = lives.map(({ status }: { readonly status: string }) => status);
  assertEquals(statuses, ["up", "replaced"]);
  const missing = await app.request("/cluster/topology/x%22y");
  assertEquals(missing.status, 404);
  assertEquals(await missing.json(), { error: 'No node is called "x\\"y": this node knows a, b.' });
});
