import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LEDGER_LIMITS } from "../../src/cluster/ledger.ts";
import type { CounterFamily } from "../../src/metrics/counter.ts";
import { SimulatedCluster } from "./simulated_cluster.ts";
import type { SimulatedNode } from "./simulated_node.ts";

const HITS = { name: "hits_total", help: "Hits.", labels: ["by"] } as const;
const FOLD_AFTER_MS = 30_000;
const SETTINGS = {
  ledger: { ...LEDGER_LIMITS, foldAfterMs: FOLD_AFTER_MS },
  measuresItself: false,
};

const counters = new WeakMap<SimulatedNode, CounterFamily<"by">>();

function count(node: SimulatedNode, by: string, hits: number): void {
  const counter = counters.get(node) ?? node.registry.counter(HITS);
  counters.set(node, counter);
  counter.inc({ by }, hits);
}

async function hits(cluster: SimulatedCluster, node: SimulatedNode): Promise<number | string> {
  const scrape = await cluster.scrape(node);
  return scrape.kind === "exposed" ? scrape.sum("hits_total") ?? 0 : scrape.reason;
}

function foldedBy(node: SimulatedNode): number {
  return node.node.state.ledger.base.ids.size;
}

function baseHashes(nodes: readonly SimulatedNode[]): Set<string> {
  return new Set(nodes.map((node) => node.node.state.ledger.base.hash));
}

async function agree(cluster: SimulatedCluster, nodes: readonly SimulatedNode[], folded: number) {
  await cluster.until(
    `all bases to be one with ${folded} lives`,
    () => baseHashes(nodes).size === 1 && nodes.every((node) => foldedBy(node) === folded),
    20_000,
  );
}

Deno.test("who is gone for long is folded by everybody into the same base, and the total stays", async () => {
  const { cluster, nodes: [a, b, c, d] } = await SimulatedCluster.of(
    ["a", "b", "c", "d"],
    SETTINGS,
  );
  for (const [i, node] of [a!, b!, c!, d!].entries()) count(node, `${i % 2}`, 10 ** i + 0.1);
  await cluster.run(2_000);
  const total = await hits(cluster, a!);
  c!.kill();
  cluster.unlist(c!.address);
  await cluster.settled(d!.leave(), 10_000);
  cluster.unlist(d!.address);
  await cluster.run(FOLD_AFTER_MS);
  await agree(cluster, [a!, b!], 2);
  for (const node of [a!, b!]) {
    assertEquals(node.node.state.ledger.shards.size, 0);
    assertEquals(await hits(cluster, node), total);
  }
});

Deno.test("a newcomer takes over the base of who was folded before it came", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"], SETTINGS);
  count(c!, "c", 100);
  await cluster.run(2_000);
  c!.kill();
  cluster.unlist(c!.address);
  await cluster.run(FOLD_AFTER_MS + 10_000);
  const late = cluster.start("late");
  await cluster.until("the newcomer to be complete", () => late.node.exchange.isComplete, 10_000);
  await agree(cluster, [a!, b!, late], 1);
  assertEquals(await hits(cluster, late), 100);
});

Deno.test("a base of many parts is fetched whole", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(
    ["a", "b", "c"],
    { ...SETTINGS, bodyBytesMax: 65_536 },
  );
  for (let i = 0; i < 9_000; i++) count(c!, `a label value of some length ${i}`, i + 0.5);
  await cluster.run(5_000);
  const total = await hits(cluster, a!);
  c!.kill();
  cluster.unlist(c!.address);
  await cluster.run(FOLD_AFTER_MS + 10_000);
  await agree(cluster, [a!, b!], 1);
  const late = cluster.start("late");
  await cluster.until("the newcomer to be complete", () => late.node.exchange.isComplete, 20_000);
  assertEquals(await hits(cluster, late), total);
});

Deno.test("two sides of a long partition fold what the other goes on with, and lose nothing of it", async () => {
  const { cluster, nodes } = await SimulatedCluster.of(["a", "b", "c", "d", "e"], SETTINGS);
  const left = nodes.slice(0, 3);
  const right = nodes.slice(3);
  for (const node of nodes) count(node, "all", 1);
  await cluster.run(2_000);
  for (const a of left) for (const b of right) cluster.between(a, b, { kind: "cut" });
  // DNS lists the larger side alone, to everybody.
  for (const node of right) cluster.unlist(node.address);
  await cluster.run(FOLD_AFTER_MS + 30_000);
  assertEquals(left.map(foldedBy), [2, 2, 2]);
  for (const node of nodes) count(node, "all", 10);
  await cluster.run(2_000);
  const before = await hits(cluster, left[0]!);
  assert(typeof before === "number");
  const lives = right.map((node) => node.incarnation);
  for (const a of left) for (const b of right) cluster.between(a, b, { kind: "open" });
  for (const node of right) cluster.list(node.address);
  await cluster.until(
    "those that were folded to begin a new life",
    () => right.every((node, i) => node.incarnation !== lives[i]),
    10_000,
  );
  await cluster.until("one base", () => baseHashes(nodes).size === 1, 20_000);
  await cluster.run(5_000);
  for (const node of nodes) {
    const now = await hits(cluster, node);
    assertEquals(now, 55, "each node counted 11, also while it was held for gone");
  }
  count(right[0]!, "all", 1_000);
  assertEquals(await hits(cluster, left[1]!), 1_055);
});

Deno.test("a scrape is refused while one that was folded has counted on and has not begun its new life", async () => {
  const { cluster, nodes } = await SimulatedCluster.of(["a", "b", "c"], SETTINGS);
  const [a, b, c] = nodes;
  for (const node of nodes) count(node, "all", 1);
  await cluster.run(2_000);
  for (const node of [a!, b!]) cluster.between(node, c!, { kind: "cut" });
  cluster.unlist(c!.address);
  await cluster.run(FOLD_AFTER_MS + 30_000);
  assertEquals(foldedBy(a!), 1);
  count(c!, "all", 10);
  for (const node of nodes) void node.rounds.stop();
  for (const node of [a!, b!]) cluster.between(node, c!, { kind: "open" });
  cluster.list(c!.address);
  a!.node.discover(cluster.view());
  const { incarnation } = c!;
  const scrape = await cluster.scrape(a!);
  assert(scrape.kind === "unavailable", "it showed 3 of 13");
  assertStringIncludes(scrape.reason, `newer copies of these shards exist and could not be had`);
  assertEquals(c!.incarnation, incarnation);
});

Deno.test("a series that nobody has for long is hidden, and comes back with its total", async () => {
  const hideAfterMs = 600_000;
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"], {
    ...SETTINGS,
    ledger: { ...SETTINGS.ledger, hideAfterMs },
  });
  count(a!, "everybody", 1);
  count(c!, "c", 5);
  await cluster.run(2_000);
  c!.kill();
  cluster.unlist(c!.address);
  await cluster.run(FOLD_AFTER_MS + 20_000);
  const shown = async (node: SimulatedNode) => {
    const scrape = await cluster.scrape(node);
    return scrape.kind === "exposed" ? scrape.sum("hits_total", { by: "c" }) : scrape.reason;
  };
  assertEquals([await shown(a!), await shown(b!)], [5, 5]);
  await cluster.run(hideAfterMs + 60_000);
  assertEquals([await shown(a!), await shown(b!)], [undefined, undefined]);
  const late = cluster.start("late");
  await cluster.until("the newcomer to be complete", () => late.node.exchange.isComplete, 10_000);
  assertEquals(await shown(late), undefined, "the age came with the base");
  count(b!, "c", 1);
  assertEquals([await shown(a!), await shown(late)], [6, 6]);
});

Deno.test("a base over its budget forgets the earliest-born series that nobody has, and counts them", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"], {
    ...SETTINGS,
    ledger: { ...SETTINGS.ledger, cellsMax: 100 },
  });
  count(a!, "kept", 1);
  count(c!, "kept", 2);
  for (let i = 0; i < 150; i++) count(c!, `gone${i}`, 1);
  await cluster.run(2_000);
  c!.kill();
  cluster.unlist(c!.address);
  await cluster.run(FOLD_AFTER_MS + 20_000);
  await agree(cluster, [a!, b!], 1);
  for (const node of [a!, b!]) {
    const { ledger } = node.node.state;
    assertEquals(ledger.base.sums.cellCount, 90);
    assertEquals(ledger.forgottenSeries, 61);
    const scrape = await cluster.scrape(node);
    assert(scrape.kind === "exposed");
    assertEquals(scrape.sum("hits_total", { by: "kept" }), 3);
    assertEquals(scrape.sum("hits_total"), 3 + 89);
  }
});
