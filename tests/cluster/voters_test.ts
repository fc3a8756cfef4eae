import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { SimulatedCluster } from "./simulated_cluster.ts";
import type { SimulatedNode } from "./simulated_node.ts";

async function answersOf(cluster: SimulatedCluster, nodes: readonly SimulatedNode[]) {
  const answers: string[] = [];
  for (const node of nodes) answers.push((await cluster.scrape(node, 2_000)).kind);
  return answers;
}

Deno.test("the smaller side of a partition is refused, and both sides answer after it", async () => {
  const { cluster, nodes } = await SimulatedCluster.of(["a", "b", "c", "d", "e"]);
  await cluster.run(2_500);
  const [a, b, ...others] = nodes;
  for (const one of [a!, b!]) {
    for (const other of others) cluster.between(one, other, { kind: "cut" });
  }
  await cluster.run(1_000);
  assertEquals(await answersOf(cluster, [a!, b!]), ["unavailable", "unavailable"]);
  assertEquals(await answersOf(cluster, others), ["exposed", "exposed", "exposed"]);
  const refused = await cluster.scrape(a!, 2_000);
  assert(refused.kind === "unavailable");
  assertStringIncludes(refused.reason, "2 of 5 members answered");
  for (const one of [a!, b!]) {
    for (const other of others) cluster.between(one, other, { kind: "open" });
  }
  await cluster.run(2_000);
  assertEquals(new Set(await answersOf(cluster, nodes)), new Set(["exposed"]));
});

Deno.test("a crashed process does not count: its refused connection tells that it is dead", async () => {
  const { cluster, nodes } = await SimulatedCluster.of(["a", "b", "c"]);
  const [a, b, c] = nodes;
  await cluster.run(2_500);
  b!.kill("process");
  c!.kill("process");
  assertEquals(await answersOf(cluster, [a!]), ["exposed"]);
});

Deno.test("of two pods, the younger one is refused while the older one's machine is lost", async () => {
  const { cluster, nodes: [a, b] } = await SimulatedCluster.of(["a", "b"]);
  await cluster.run(2_500);
  const older = a!.node.state.self.startedAtMs <= b!.node.state.self.startedAtMs ? a! : b!;
  const younger = older === a ? b! : a!;
  older.kill("machine");
  await cluster.run(1_000);
  assertEquals(await answersOf(cluster, [younger]), ["unavailable"]);
  // Once DNS drops the pod, and it has been silent long enough, it is gone and counts no more.
  cluster.unlist(older.address);
  await cluster.run(15_000);
  assertEquals(await answersOf(cluster, [younger]), ["exposed"]);
});

Deno.test("a listed address that nobody ever answered at counts only after 3 s of silence", async () => {
  const { cluster, nodes: [a] } = await SimulatedCluster.of(["a"]);
  await cluster.run(2_500);
  // Packets to addresses where nothing is placed vanish.
  cluster.list("10.9.9.1:4021", "10.9.9.2:4021");
  await cluster.run(500);
  assertEquals(await answersOf(cluster, [a!]), ["exposed"]);
  await cluster.run(8_000);
  assertEquals(await answersOf(cluster, [a!]), ["unavailable"]);
});
