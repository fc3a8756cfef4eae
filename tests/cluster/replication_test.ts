import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { receive } from "../../src/cluster/receiver.ts";
import { cellRuns } from "./wire/examples.ts";
import { LayoutAdditions, type SeriesAddition } from "../../src/cluster/wire/layout_additions.ts";
import type { Message, ShardDelta } from "../../src/cluster/wire/message.ts";
import { encodeMessage } from "../../src/cluster/wire/message_codec.ts";
import { SimulatedCluster } from "./simulated_cluster.ts";
import type { SimulatedNode } from "./simulated_node.ts";

const HITS = { name: "hits_total", help: "Hits." } as const;
/** The smallest that the configuration allows. */
const SMALL = { bodyBytesMax: 65_536 } as const;

async function sum(
  cluster: SimulatedCluster,
  node: SimulatedNode,
  name = "hits_total",
): Promise<number | undefined> {
  const scrape = await cluster.scrape(node);
  assert(scrape.kind === "exposed", scrape.kind === "unavailable" ? scrape.reason : "");
  return scrape.sum(name);
}

/** Counts on a node so many series with such long labels that its shard takes many pages. */
function fill(node: SimulatedNode, series: number, labelLength: number) {
  const counter = node.registry.counter({ name: "big_total", help: "", labels: ["i"] });
  const increment = () => {
    for (let i = 0; i < series; i++) counter.inc({ i: `${i}`.padStart(labelLength, "x") }, 0.5);
  };
  increment();
  return increment;
}

Deno.test("a scrape whose owner is silent has the newer copy that another holder got", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"]);
  const hits = c!.registry.counter(HITS);
  hits.inc();
  await cluster.run(2_500);
  cluster.between(a!, c!, { kind: "cut" });
  hits.inc(10);
  assertEquals(await sum(cluster, b!), 11);
  c!.kill("machine");
  assertEquals(await sum(cluster, a!), 11);
});

Deno.test("a scrape goes to the next holder when the one with the newest copy fails", async () => {
  const { cluster, nodes } = await SimulatedCluster.of(["a", "b", "c", "d"]);
  const [a, b, c, d] = nodes;
  const hits = d!.registry.counter(HITS);
  await cluster.run(2_500);
  for (const node of [b!, c!, d!]) cluster.between(a!, node, { kind: "cut" });
  hits.inc(10);
  assertEquals(await sum(cluster, c!), 10);
  assertEquals(await sum(cluster, b!), 10);
  d!.kill("machine");
  // B and C tell each other, so that both hold the newest copy; A asks nobody.
  void a!.rounds.stop();
  await cluster.run(1_500);
  for (const node of nodes) void node.rounds.stop();
  for (const node of [b!, c!]) cluster.between(a!, node, { kind: "open" });
  // B answers the first hop, and is cut off before the second.
  let requests = 0;
  cluster.network.onDelivery = ({ from, to, message }) => {
    if (from !== a!.address || message.want?.kind !== "listed" || requests++ > 0) return;
    cluster.network.link(to, a!.address, { kind: "cut" });
  };
  const scrape = await cluster.scrape(a!, 3_000);
  assert(requests >= 2, `${requests} requests to holders`);
  assert(scrape.kind === "exposed");
  assertEquals(scrape.sum("hits_total"), 10);
});

/** How old a node says that its copy of another's shard is. */
function copyAgeMs({ node }: SimulatedNode, of: SimulatedNode): number {
  return node.state.source(of.incarnation, null, node.awakeMs())!.ageMs;
}

Deno.test("the age of a copy counts its way here", async () => {
  const { cluster, nodes: [a, b] } = await SimulatedCluster.of(["a", "b"]);
  cluster.network.link(b!.address, a!.address, { kind: "open", delayMs: 1_400 });
  await cluster.run(3_000);
  const { seq } = a!.node.state.copyOf(b!.incarnation)!;
  await cluster.until(
    "a slow answer",
    () => a!.node.state.copyOf(b!.incarnation)!.seq > seq,
    5_000,
  );
  assert(copyAgeMs(a!, b!) >= 1_400, `${copyAgeMs(a!, b!)} ms`);
});

Deno.test("a copy that was pushed may have been on its way for long, and its gauges are not shown", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"]);
  a!.registry.gauge({ name: "depth", help: "" }).set(1);
  // What A pushes comes through; what it answers does not.
  for (const node of [b!, c!]) {
    cluster.network.link(node.address, a!.address, { kind: "cut" });
  }
  const before = b!.node.state.copyOf(a!.incarnation)!.seq;
  await cluster.until(
    "what was pushed",
    () => b!.node.state.copyOf(a!.incarnation)!.seq > before + 4,
    20_000,
  );
  assert(copyAgeMs(b!, a!) >= 3_000, `${copyAgeMs(b!, a!)} ms`);
  const scrape = await cluster.scrape(b!);
  assert(scrape.kind === "exposed");
  assertEquals(scrape.sum("depth"), undefined);
});

Deno.test("who is met through another is not blamed for the time that its shard may have been on its way", async () => {
  const times = {
    heartbeatMs: 200,
    suspectAfterMs: 1_000,
    downAfterMs: 2_000,
    exchangeTimeoutMs: 150,
  };
  const cluster = new SimulatedCluster(1, times);
  const [a, b] = [cluster.start("a"), cluster.start("b")];
  await cluster.run(2_000);
  const address = cluster.freshAddress();
  // What C pushes to B comes through, and nothing else of it.
  cluster.network.link(b.address, address, { kind: "cut" });
  cluster.network.link(a.address, address, { kind: "cut" });
  cluster.network.link(address, a.address, { kind: "cut" });
  const c = cluster.start("c", { address });
  await cluster.until(
    "A to meet C",
    () => a.node.state.copyOf(c.incarnation) !== undefined,
    10_000,
  );
  await cluster.run(5_000);
  const kinds = a.node.events.after(0).filter(({ node }) => node === "c").map(({ kind }) => kind);
  assertEquals(kinds, ["joining", "up"]);
});

Deno.test("copies grow older while their holder stands still, and so do the holder's own cells", async () => {
  const { cluster, nodes: [a, b] } = await SimulatedCluster.of(["a", "b"]);
  b!.kill("machine");
  a!.clock.stop(60_000);
  cluster.clock.jump(60_000);
  assert(copyAgeMs(a!, b!) >= 60_000, `${copyAgeMs(a!, b!)} ms`);
  assert(copyAgeMs(a!, a!) >= 60_000, `${copyAgeMs(a!, a!)} ms`);
});

Deno.test("a scrape with little time does not wait for one that waits for a silent node", async () => {
  const { cluster, nodes: [a, , c] } = await SimulatedCluster.of(["a", "b", "c"]);
  c!.kill("machine");
  const patient = a!.exposition.scrape(9_500);
  await cluster.run(100);
  const hurried = await cluster.settled(a!.exposition.scrape(1_000), 1_000);
  assertEquals(hurried.kind, "exposed");
  assertEquals((await cluster.settled(patient, 9_500)).kind, "exposed");
});

Deno.test("a scrape is refused when a newer copy is named and can't be had", async () => {
  const { cluster, nodes } = await SimulatedCluster.of(["a", "b", "c", "d"]);
  const [a, b, c, d] = nodes;
  const hits = d!.registry.counter(HITS);
  await cluster.run(2_500);
  for (const node of [b!, c!, d!]) cluster.between(a!, node, { kind: "cut" });
  hits.inc(10);
  assertEquals(await sum(cluster, b!), 10);
  for (const node of nodes) void node.rounds.stop();
  for (const node of [b!, c!]) cluster.between(a!, node, { kind: "open" });
  d!.kill("machine");
  cluster.network.onDelivery = ({ from, to, message }) => {
    if (from !== a!.address || message.want?.kind !== "listed") return;
    cluster.network.link(to, a!.address, { kind: "cut" });
  };
  const scrape = await cluster.scrape(a!, 3_000);
  assert(scrape.kind === "unavailable");
  assertStringIncludes(scrape.reason, "newer copies of these shards exist");
});

for (const [what, series, labelLength] of [["cells", 9_000, 8], ["labels", 900, 900]] as const) {
  Deno.test(`a shard whose ${what} take many messages comes whole, though it changes between pages`, async () => {
    const { cluster, nodes: [a, b] } = await SimulatedCluster.of(["a", "b"], SMALL);
    const increment = fill(b!, series, labelLength);
    let pages = 0;
    cluster.network.onDelivery = ({ message }) => {
      if (message.want?.kind !== "listed") return;
      pages++;
      increment();
      b!.node.beat();
    };
    const copyOf = () => a!.node.state.copyOf(b!.incarnation)!;
    const seen = new Set<number>();
    while (pages < 5 || copyOf().layout.seriesCount < series) {
      await cluster.run(1);
      seen.add([0, 1].includes(Math.sign(copyOf().layout.seriesCount - series)) ? 1 : 0);
      assert(cluster.clock.nowMs() < 1_060_000, "the copy never became whole");
    }
    cluster.network.onDelivery = () => {};
    assertEquals(seen, new Set([0, 1]), "the copy has all of the series, or none");
    await cluster.run(5_000);
    const expected = b!.registry.shard.pages[0]![100]! * series;
    assertEquals(await sum(cluster, a!, "big_total"), expected);
    assertEquals(a!.events.filter(({ kind }) => kind === "shard_refused"), []);
  });
}

Deno.test("no message is longer than the limit, however much there is to say", async () => {
  const cluster = new SimulatedCluster(5, SMALL);
  const nodes = Array.from({ length: 6 }, (_, i) => cluster.start(`n${i}`));
  for (const node of nodes) fill(node, 1_500, 100);
  const tooLarge = () =>
    nodes.flatMap((node) => node.node.targets().map((at) => node.node.failureAt(at)))
      .filter((reason) => reason?.includes("large") || reason?.includes("longer"));
  await cluster.until("completeness", () => {
    assertEquals(tooLarge(), []);
    return nodes.every(({ node }) => node.exchange.isComplete);
  }, 30_000);
  await cluster.run(5_000);
  const late = cluster.start("late");
  await cluster.until("the newcomer", () => late.node.exchange.isComplete, 10_000);
  assertEquals(tooLarge(), []);
  assertEquals(await sum(cluster, late, "big_total"), 6 * 1_500 * 0.5);
});

Deno.test("a goodbye waits until peers have fetched a shard that is too large to be given", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"], SMALL);
  fill(c!, 9_000, 8);
  assertEquals(await cluster.settled(c!.leave(), 6_000), { confirmed: 2, asked: 2 });
  assertEquals(await sum(cluster, a!, "big_total"), 4_500);
  assertEquals(cluster.statusesOf(c!, [a!, b!]), ["left", "left"]);
});

Deno.test("a newcomer answers 503 until it has the shards of the departed, and then has them", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"]);
  [a!, b!, c!].forEach((node, i) => node.registry.counter(HITS).inc(10 ** i));
  await cluster.settled(c!.leave(), 6_000);
  cluster.unlist(c!.address);
  const late = cluster.start("late");
  const scrape = await cluster.scrape(late, 200);
  assert(scrape.kind === "unavailable");
  assertStringIncludes(scrape.reason, "this node is new and holds no totals");
  await cluster.until("completeness", () => late.node.exchange.isComplete, 5_000);
  assert(late.node.state.ledger.get(c!.incarnation) !== undefined);
  assertEquals(late.statusOf(c!), "left");
  assertEquals(await sum(cluster, late), 111);
});

Deno.test("a newcomer that reaches nobody stays at 503 while somebody is listed", async () => {
  const { cluster, nodes: [a] } = await SimulatedCluster.of(["a"]);
  const address = cluster.freshAddress();
  cluster.network.link(a!.address, address, { kind: "cut" });
  cluster.network.link(address, a!.address, { kind: "cut" });
  const late = cluster.start("late", { address });
  await cluster.run(60_000);
  assertEquals(late.node.exchange.isComplete, false);
  assertEquals((await cluster.scrape(late)).kind, "unavailable");
});

Deno.test("all nodes of a fresh cluster become complete, and a lone one does", async () => {
  for (const names of [["a"], ["a", "b"], ["a", "b", "c", "d", "e", "f"]]) {
    const { nodes } = await SimulatedCluster.of(names);
    assertEquals(nodes.length, names.length);
  }
});

Deno.test("the gauge of a node that died is shown for less than 3 s, its counter for ever", async () => {
  const { cluster, nodes: [a, , c] } = await SimulatedCluster.of(["a", "b", "c"]);
  c!.registry.gauge({ name: "load", help: "" }).set(7);
  c!.registry.counter(HITS).inc();
  await cluster.run(2_500);
  assertEquals(await sum(cluster, a!, "load"), 7);
  c!.kill();
  await cluster.run(3_100);
  assertEquals(await sum(cluster, a!, "load"), undefined);
  assertEquals(await sum(cluster, a!), 1);
});

Deno.test("a newcomer does not show the gauge of a node that died before it came", async () => {
  const { cluster, nodes: [, , c] } = await SimulatedCluster.of(["a", "b", "c"]);
  c!.registry.gauge({ name: "load", help: "" }).set(7);
  await cluster.run(2_500);
  c!.kill();
  await cluster.run(3_100);
  const late = cluster.start("late");
  await cluster.until("completeness", () => late.node.exchange.isComplete, 5_000);
  assert(late.node.state.copyOf(c!.incarnation) !== undefined);
  assertEquals(await sum(cluster, late, "load"), undefined);
});

/** A request of `from` with shards that it made up. */
function requestOf(from: SimulatedNode, shards: readonly ShardDelta[]): Uint8Array {
  const request: Message = from.node.request({ kind: "digest" }, null);
  return encodeMessage({ ...request, shards });
}

function deltaOf(of: SimulatedNode, change: Partial<ShardDelta>): ShardDelta {
  const { state } = of.node;
  return {
    identity: state.self,
    departure: null,
    seq: state.own.seq + 1,
    sinceSeq: state.own.seq,
    ageMs: 0,
    layoutFrom: state.own.layout.revision,
    additions: new LayoutAdditions(),
    cells: cellRuns(),
    next: null,
    ...change,
  };
}

function seriesRows(rows: readonly Omit<SeriesAddition, "kind">[]): LayoutAdditions {
  return LayoutAdditions.of(rows.map((row) => ({ kind: "series", ...row })));
}

Deno.test("a shard in which a counter falls is refused, told of, and the old copy kept", async () => {
  const { cluster, nodes: [a, b] } = await SimulatedCluster.of(["a", "b"], {
    measuresItself: false,
  });
  b!.registry.counter(HITS).inc(5);
  await cluster.run(2_500);
  const copy = a!.node.state.copyOf(b!.incarnation)!;
  const { seq } = copy;
  const fallen = deltaOf(b!, { sinceSeq: 0, seq: 1_000, cells: cellRuns([0, 4]) });
  const reception = receive(a!.node, requestOf(b!, [fallen]), "10.0.0.2");
  assertEquals(reception.kind, "answer", "a late shard is no fault of the message");
  assertEquals([copy.seq, copy.pages[0]![0]], [seq, 5]);
  const [event] = a!.events.filter(({ kind }) => kind === "shard_refused");
  assertStringIncludes(event!.cause, "cell 0 fell from 5 to 4");
});

Deno.test("an invalid shard is answered with 400, and nothing of its message is applied", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"], {
    measuresItself: false,
  });
  b!.registry.counter(HITS).inc(5);
  await cluster.run(2_500);
  const before = a!.node.state.copyOf(b!.incarnation)!.seq;
  const table: readonly (readonly [string, Partial<ShardDelta>])[] = [
    ["a cell's number must be below 1: received 1", { sinceSeq: 0, cells: cellRuns([1, 1]) }],
    ["seq must be at most 4294967295: received 4294967296", { seq: 2 ** 32 }],
    ["a series' family must be known: received number 9", {
      sinceSeq: 0,
      additions: seriesRows([{ family: 9, labelValues: [], firstCell: 1 }]),
    }],
    ["must have 0 label values: received 1", {
      sinceSeq: 0,
      additions: seriesRows([{ family: 0, labelValues: ["x"], firstCell: 1 }]),
    }],
    ["a shard must have at most 2000000 cells: received 2000001", {
      sinceSeq: 0,
      additions: seriesRows(Array.from({ length: 2_000 }, (_, i) => ({
        family: 0,
        labelValues: [],
        firstCell: Math.min(2_000_000, (i + 1) * 1_024),
      }))),
    }],
  ];
  for (const [reason, change] of table) {
    const good = deltaOf(c!, { cells: cellRuns() });
    const reception = receive(a!.node, requestOf(b!, [good, deltaOf(b!, change)]), "10.0.0.2");
    assert(reception.kind === "refusal", reason);
    assertEquals([reception.status, reception.code], [400, "invalid_shard"]);
    assertStringIncludes(reception.reason, reason);
  }
  const twice = [deltaOf(b!, {}), deltaOf(b!, {})];
  assertEquals(receive(a!.node, requestOf(b!, twice), "10.0.0.2").kind, "refusal");
  assertEquals(a!.node.state.copyOf(b!.incarnation)!.seq, before);
  assert(a!.node.state.copyOf(c!.incarnation)!.seq <= c!.registry.shard.seq);
});

Deno.test("a delta on a base that this node lacks is asked for again from what it has", async () => {
  const { cluster, nodes: [a, b] } = await SimulatedCluster.of(["a", "b"]);
  const hits = b!.registry.counter(HITS);
  hits.inc();
  await cluster.run(2_500);
  // B believes that A holds a later seq than it does, as if A had lost an answer that it confirmed.
  const digest = { ...a!.node.request({ kind: "digest" }, null) };
  const rows = digest.digest!.rows.map((row) =>
    row.incarnation === b!.incarnation ? { ...row, heardSeq: 900, heldSeq: 900 } : row
  );
  receive(b!.node, encodeMessage({ ...digest, digest: { ...digest.digest!, rows } }), "10.0.0.1");
  while (b!.registry.shard.seq < 905) b!.node.publish();
  hits.inc();
  await cluster.run(3_000);
  assertEquals(await sum(cluster, a!), 2);
});

Deno.test("an id of who left, told by its ledger row first, does not stop the answer to its goodbye", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"]);
  c!.registry.counter(HITS).inc();
  await c!.rounds.stop();
  cluster.between(a!, c!, { kind: "cut" });
  c!.node.exchange.setLeaving();
  c!.node.beat();
  receive(b!.node, encodeMessage(c!.node.request({ kind: "newer" }, { to: null })), "10.0.0.3");
  const late = cluster.start("late");
  await cluster.until("the newcomer", () => late.statusOf(c!) === "left", 5_000);
  const reception = receive(late.node, requestOf(c!, []), "10.0.0.3");
  assertEquals(reception.kind, "answer");
});
