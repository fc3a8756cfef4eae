import { assertEquals } from "@std/assert";
import { SimulatedCluster } from "./simulated_cluster.ts";

async function trace(seed: number): Promise<string[]> {
  const cluster = new SimulatedCluster(seed);
  const lines: string[] = [];
  cluster.network.onDelivery = ({ atMs, from, to, message }) => {
    lines.push(`${atMs} ${from} ${to} ${message.want?.kind} ${message.digest?.rows.length}`);
  };
  const [a, b] = ["a", "b", "c", "d", "e"].map((name) => cluster.start(name));
  cluster.between(a!, b!, { kind: "open", loss: 0.3, delayMs: 20 });
  await cluster.run(10_000);
  return lines;
}

Deno.test("SimulatedCluster gives the same messages at the same times for the same seed", async () => {
  const first = await trace(7);
  assertEquals(first.length > 50, true);
  assertEquals(await trace(7), first);
});

Deno.test("SimulatedCluster gives other messages for another seed", async () => {
  const [first, second] = [await trace(7), await trace(8)];
  assertEquals(first.join("\n") === second.join("\n"), false);
});
