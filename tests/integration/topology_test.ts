import { assertEquals } from "@std/assert";
import type { Topology } from "../../src/cluster/topology.ts";
import { topologyRoutes } from "../../src/http/topology_routes.ts";
import { createNodeThatKnows } from "./exchange_caller.ts";

Deno.test("GET /cluster/topology shows each of 200 members, this node first", async () => {
  const routes = topologyRoutes(createNodeThatKnows(199));
  const topology: Topology = await (await routes.request("/cluster/topology")).json();
  assertEquals(topology.members.length, 200);
  assertEquals(topology.summary.statuses.up, 200);
  const [self, ...others] = topology.members.map(({ id }) => id);
  assertEquals(self, "self");
  assertEquals(others, Array.from({ length: 199 }, (_, i) => `pod-${i + 1}`).sort());
  for (const { id, addresses, shard } of topology.members.slice(1)) {
    assertEquals(addresses.length, 1, id);
    assertEquals([shard!.seq, shard!.series], [1, 1], id);
  }
  const one = await (await routes.request("/cluster/topology/pod-7")).json();
  assertEquals(one.lives.map(({ id }: { id: string }) => id), ["pod-7"]);
});
