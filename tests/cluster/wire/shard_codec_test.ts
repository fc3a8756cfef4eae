import { assertEquals, assertStrictEquals } from "@std/assert";
import { encodeMessage } from "../../../src/cluster/wire/message_codec.ts";
import { keepEncoded } from "../../../src/cluster/wire/shard_codec.ts";
import { SimulatedCluster } from "../simulated_cluster.ts";

Deno.test("A delta that is kept encoded is the same bytes each time, and those of one that is not", async () => {
  const { nodes: [a] } = await SimulatedCluster.of(["a"]);
  const request = a!.node.request({ kind: "newer" }, { to: null });
  const [delta] = request.shards;
  const fresh = encodeMessage({ ...request, shards: [{ ...delta! }] });
  const kept = { ...request, shards: [keepEncoded({ ...delta! })] };
  assertEquals(encodeMessage(kept), fresh);
  assertEquals(encodeMessage(kept), fresh);
});

Deno.test("Requests of one moment bring the same delta to all who have the same, and a newer one once there is one", async () => {
  const { cluster, nodes: [a] } = await SimulatedCluster.of(["a"]);
  const hits = a!.registry.counter({ name: "hits_total", help: "" });
  const brought = () => a!.node.request({ kind: "digest" }, { to: null }).shards[0]!;
  hits.inc(1);
  a!.node.publish();
  const first = brought();
  assertStrictEquals(brought(), first);
  hits.inc(1);
  a!.node.publish();
  const second = brought();
  assertEquals(second.seq, first.seq + 1);
  assertEquals(second.cells.values.at(0) === first.cells.values.at(0), false);
  await cluster.run(100);
  const later = brought();
  assertEquals([later.seq, later.ageMs], [second.seq, 100], "its age is what it is by then");
});
