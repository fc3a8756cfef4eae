import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { SimulatedCluster } from "./simulated_cluster.ts";
import type { SimulatedNode } from "./simulated_node.ts";

const HITS = { name: "hits_total", help: "Hits." } as const;

/** Registers and counts on each node: 1 on the first, 10 on the second, 100 on the third. */
function count(nodes: readonly SimulatedNode[]): void {
  nodes.forEach((node, i) => node.registry.counter(HITS).inc(10 ** i));
}

async function hits(cluster: SimulatedCluster, node: SimulatedNode): Promise<number | string> {
  const scrape = await cluster.scrape(node);
  return scrape.kind === "exposed" ? scrape.sum("hits_total") ?? 0 : scrape.reason;
}

Deno.test("nodes that DNS lists find each other, and each answers for all of them", async () => {
  const { cluster, nodes } = await SimulatedCluster.of(["a", "b", "c"]);
  count(nodes);
  for (const node of nodes) assertEquals(await hits(cluster, node), 111);
  const [a] = nodes;
  assertEquals(a!.eventsOf("b"), ["joining", "up"]);
});

Deno.test("every increment is in the next merged total, whichever node is asked", async () => {
  const { cluster, nodes } = await SimulatedCluster.of(["a", "b", "c"]);
  const counters = nodes.map((node) => node.registry.counter(HITS));
  for (let total = 1; total <= 12; total++) {
    counters[total % 3]!.inc();
    assertEquals(await hits(cluster, nodes[(total + 1) % 3]!), total);
  }
});

Deno.test("a node that dies becomes suspect, down and, out of DNS, lost; its counts stay", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"]);
  count([a!, b!, c!]);
  await cluster.run(2_000);
  c!.kill("machine");
  await cluster.until("suspicion", () => a!.statusOf(c!) === "suspect", 7_000);
  await cluster.until("down", () => a!.statusOf(c!) === "down", 6_000);
  await cluster.run(20_000);
  assertEquals(a!.statusOf(c!), "down", "it is still in DNS");
  assertEquals(await hits(cluster, a!), 111);
  cluster.unlist(c!.address);
  await cluster.until(
    "loss",
    () => a!.statusOf(c!) === "lost" && b!.statusOf(c!) === "lost",
    5_000,
  );
  assertEquals(a!.eventsOf("c"), ["joining", "up", "suspect", "down", "lost"]);
  for (const node of [a!, b!]) assertEquals(await hits(cluster, node), 111);
  assertEquals(a!.node.state.ledger.hash, b!.node.state.ledger.hash);
});

Deno.test("a node that is unlisted and speaks is not lost", async () => {
  const { cluster, nodes: [a, b] } = await SimulatedCluster.of(["a", "b"]);
  cluster.unlist(b!.address);
  await cluster.run(30_000);
  assertEquals(a!.statusOf(b!), "up");
  assertEquals(a!.eventsOf("b"), ["joining", "up"]);
});

Deno.test("a node that restarts under its name replaces its old life, and both count", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"]);
  count([a!, b!, c!]);
  await cluster.run(2_000);
  c!.kill();
  const again = cluster.start("c", { address: c!.address });
  again.registry.counter(HITS).inc(1_000);
  await cluster.until("the new life", () => a!.statusOf(again) === "up", 5_000);
  assertEquals(a!.statusOf(c!), "replaced");
  await cluster.until("completeness", () => again.node.exchange.isComplete, 5_000);
  for (const node of [a!, b!, again]) assertEquals(await hits(cluster, node), 1_111);
});

Deno.test("a goodbye makes a node left at once, and nothing it counted is lost", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"]);
  count([a!, b!, c!]);
  const goodbye = await cluster.settled(c!.leave(), 5_000);
  assertEquals(goodbye, { confirmed: 2, asked: 2 });
  assertEquals(cluster.statusesOf(c!, [a!, b!]), ["left", "left"]);
  cluster.unlist(c!.address);
  for (const node of [a!, b!]) assertEquals(await hits(cluster, node), 111);
  await cluster.run(30_000);
  assertEquals(a!.eventsOf("c"), ["joining", "up", "left"]);
});

Deno.test("nodes that leave one after another hand on what they know, down to the last", async () => {
  const { cluster, nodes } = await SimulatedCluster.of(["a", "b", "c", "d"]);
  nodes.forEach((node, i) => node.registry.counter(HITS).inc(10 ** i));
  for (const node of nodes.slice(1)) await cluster.settled(node.leave(), 6_000);
  assertEquals(await hits(cluster, nodes[0]!), 1_111);
});

Deno.test("a process that was stopped does not blame its peers", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"]);
  c!.clock.stop(60_000);
  await cluster.run(61_500);
  assertEquals(c!.eventsOf("a"), ["joining", "up"]);
  assertEquals(c!.eventsOf("b"), ["joining", "up"]);
  assertEquals(c!.statusOf(a!), "up");
  assert(c!.node.asleepMs > 50_000);
  await cluster.until(
    "recovery",
    () => a!.statusOf(c!) === "up" && b!.statusOf(c!) === "up",
    3_000,
  );
  assertEquals(a!.eventsOf("c"), ["joining", "up", "suspect", "down", "recovered"]);
});

Deno.test("a broken link between two nodes leaves both up, as a third tells of their life", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"]);
  count([a!, b!, c!]);
  cluster.between(a!, b!, { kind: "cut" });
  await cluster.run(60_000);
  assertEquals(a!.eventsOf("b"), ["joining", "up"]);
  assertEquals(b!.eventsOf("a"), ["joining", "up"]);
  b!.registry.counter({ name: "later_total", help: "Later." }).inc(5);
  await cluster.run(2_000);
  const scrape = await cluster.scrape(a!);
  assert(scrape.kind === "exposed");
  assertEquals(scrape.sum("later_total"), 5, "through the node that both reach");
});

Deno.test("a link that is broken one way harms nobody", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"]);
  cluster.network.link(a!.address, b!.address, { kind: "cut" });
  await cluster.run(30_000);
  assertEquals(cluster.statusesOf(b!, [a!, c!]), ["up", "up"]);
  assertEquals(cluster.statusesOf(a!, [b!, c!]), ["up", "up"]);
});

Deno.test("after a partition both sides recover, and nothing counted meanwhile is lost", async () => {
  const { cluster, nodes } = await SimulatedCluster.of(["a", "b", "c", "d"]);
  const [a, b, c, d] = nodes;
  const counters = nodes.map((node) => node.registry.counter(HITS));
  for (const left of [a!, b!]) {
    for (const right of [c!, d!]) cluster.between(left, right, { kind: "cut" });
  }
  await cluster.until(
    "both sides to notice",
    () => a!.statusOf(c!) === "down" && d!.statusOf(b!) === "down",
    20_000,
  );
  counters.forEach((counter, i) => counter.inc(10 ** i));
  await cluster.run(5_000);
  for (const left of [a!, b!]) {
    for (const right of [c!, d!]) cluster.between(left, right, { kind: "open" });
  }
  await cluster.until(
    "recovery",
    () => nodes.every((one) => nodes.every((other) => one.statusOf(other) === "up")),
    10_000,
  );
  for (const node of nodes) assertEquals(await hits(cluster, node), 1_111);
});

Deno.test("a node that was lost and speaks again recovers with the same counts, once", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"]);
  count([a!, b!, c!]);
  await cluster.run(2_000);
  cluster.unlist(c!.address);
  for (const node of [a!, b!]) cluster.between(node, c!, { kind: "cut" });
  await cluster.until(
    "loss",
    () => a!.statusOf(c!) === "lost" && b!.statusOf(c!) === "lost",
    30_000,
  );
  assertEquals(await hits(cluster, a!), 111);
  cluster.list(c!.address);
  for (const node of [a!, b!]) cluster.between(node, c!, { kind: "open" });
  await cluster.until(
    "recovery",
    () => a!.statusOf(c!) === "up" && b!.statusOf(c!) === "up",
    10_000,
  );
  assertEquals(a!.node.state.ledger.shards.size, 0);
  for (const node of [a!, b!, c!]) assertEquals(await hits(cluster, node), 111);
});

Deno.test("refused connections make a dead process suspect sooner than silence does", async () => {
  const timeToDown = async (what: "process" | "machine") => {
    const { cluster, nodes: [a, , c] } = await SimulatedCluster.of(["a", "b", "c"]);
    c!.kill(what);
    return await cluster.until("down", () => a!.statusOf(c!) === "down", 20_000);
  };
  const [refused, silent] = [await timeToDown("process"), await timeToDown("machine")];
  assert(refused <= 7_000 && silent >= 9_000, `${refused} ms refused, ${silent} ms silent`);
});

Deno.test("clocks that are hours apart disturb nothing", async () => {
  const cluster = new SimulatedCluster(3);
  const nodes = ["a", "b", "c"].map((name, i) =>
    cluster.start(name, { clockOffsetMs: (i - 1) * 7_200_000 })
  );
  count(nodes);
  await cluster.until("completeness", () => nodes.every((n) => n.node.exchange.isComplete), 20_000);
  await cluster.run(30_000);
  for (const node of nodes) {
    assertEquals(cluster.statusesOf(node, nodes), ["up", "up", "up"]);
    assertEquals(await hits(cluster, node), 111);
  }
});

Deno.test("two living processes with one name are told of, and both count", async () => {
  const { cluster, nodes: [a, b] } = await SimulatedCluster.of(["a", "b"]);
  const twin = cluster.start("b");
  [a!, b!, twin].forEach((node, i) => node.registry.counter(HITS).inc(10 ** i));
  await cluster.run(15_000);
  assert(a!.eventsOf("b").includes("name_conflict"), a!.eventsOf("b").join());
  assert(b!.eventsOf("b").includes("name_conflict"), b!.eventsOf("b").join());
  assertEquals([a!.statusOf(b!), a!.statusOf(twin)], ["up", "up"]);
  assertEquals(await hits(cluster, a!), 111);
});

Deno.test("a node of another cluster at a listed address is refused both ways, with an event", async () => {
  const { cluster, nodes: [a, b] } = await SimulatedCluster.of(["a", "b"]);
  const stranger = cluster.start("x", { cluster: "another" });
  stranger.registry.counter(HITS).inc(1_000);
  a!.registry.counter(HITS).inc(1);
  await cluster.run(10_000);
  for (const node of [a!, b!]) {
    assertEquals(node.statusOf(stranger), undefined);
    assertEquals(stranger.statusOf(node), undefined);
    assert(node.events.some(({ kind }) => kind === "foreign_cluster"));
  }
  const told = stranger.events.filter(({ kind }) => kind === "foreign_cluster");
  assertStringIncludes(told[0]!.cause, "409");
  assertEquals(await hits(cluster, a!), 1);
  assert(told.length <= 6, `${told.length} events in 10 s are a flood`);
});

Deno.test("an address that another node takes over is the other node's", async () => {
  const { cluster, nodes: [a, b] } = await SimulatedCluster.of(["a", "b"]);
  count([a!, b!]);
  await cluster.run(2_000);
  b!.kill();
  const other = cluster.start("other", { address: b!.address });
  await cluster.until("the other", () => a!.statusOf(other) === "up", 5_000);
  await cluster.until("b's loss", () => a!.statusOf(b!) === "lost", 15_000);
  assertEquals(a!.statusOf(other), "up");
  assertEquals(await hits(cluster, a!), 11);
});
