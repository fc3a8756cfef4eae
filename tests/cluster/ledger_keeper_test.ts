import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { LEDGER_LIMITS } from "../../src/cluster/ledger.ts";
import { LedgerKeeper, SET_ASIDE_SUFFIX } from "../../src/cluster/ledger_keeper.ts";
import type { FileStore } from "../../src/io/files.ts";
import type { LogSink } from "../../src/io/log.ts";
import { SimulatedCluster } from "./simulated_cluster.ts";
import type { SimulatedNode } from "./simulated_node.ts";

const HITS = { name: "hits_total", help: "Hits." } as const;
const PATH = "/var/lib/muster/ledger";

/** Files in memory, which can fail. */
class FakeFiles implements FileStore {
  readonly contents = new Map<string, Uint8Array<ArrayBuffer>>();
  writes = 0;
  failure: Error | null = null;
  readonly links = new Map<string, string>();

  follow(path: string): Promise<string> {
    return Promise.resolve(this.links.get(path) ?? path);
  }

  read(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.failure !== null) return Promise.reject(this.failure);
    return Promise.resolve(this.contents.get(path) ?? null);
  }

  replace(path: string, bytes: Uint8Array): Promise<void> {
    this.writes++;
    if (this.failure !== null) return Promise.reject(this.failure);
    this.contents.set(path, bytes.slice());
    return Promise.resolve();
  }

  rename(from: string, to: string): Promise<void> {
    this.contents.set(to, this.contents.get(from)!);
    this.contents.delete(from);
    return Promise.resolve();
  }
}

function keeperOf(node: SimulatedNode, files: FileStore, lines: string[] = []): LedgerKeeper {
  const log: LogSink = { log: (_level, text) => lines.push(text) };
  const { clock } = node;
  return new LedgerKeeper({ node: node.node, clock, files, path: PATH, cellsMax: 100_000, log });
}

async function hits(cluster: SimulatedCluster, node: SimulatedNode): Promise<number | string> {
  const scrape = await cluster.scrape(node);
  return scrape.kind === "exposed" ? scrape.sum("hits_total") ?? 0 : scrape.reason;
}

/** A node alone, which has taken up what is in the files. */
async function restarted(files: FileStore, lines: string[] = []): Promise<{
  readonly cluster: SimulatedCluster;
  readonly node: SimulatedNode;
}> {
  const cluster = new SimulatedCluster(7, { measuresItself: false });
  const node = cluster.start("a");
  await keeperOf(node, files, lines).load();
  await cluster.until("completeness", () => node.node.exchange.isComplete, 10_000);
  return { cluster, node };
}

Deno.test("LedgerKeeper keeps the totals where a link leads, and the link", async () => {
  const files = new FakeFiles();
  files.links.set(PATH, "/volume/ledger");
  const { cluster, node } = await restarted(new FakeFiles());
  const keeper = keeperOf(node, files);
  await keeper.load();
  await cluster.settled(keeper.stop(), 1_000);
  assertEquals([...files.contents.keys()], ["/volume/ledger"]);
});

Deno.test("LedgerKeeper carries the totals of all nodes over a restart of all of them", async () => {
  const files = new FakeFiles();
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"], {
    measuresItself: false,
    ledger: { ...LEDGER_LIMITS, foldAfterMs: 20_000 },
  });
  for (const [i, node] of [a!, b!, c!].entries()) node.registry.counter(HITS).inc(10 ** i + 0.5);
  await cluster.run(3_000);
  c!.kill();
  cluster.unlist(c!.address);
  await cluster.run(40_000);
  assertEquals(a!.node.state.ledger.base.ids.size, 1, "one of them is folded");
  const total = await hits(cluster, a!);
  await cluster.settled(keeperOf(a!, files).stop(), 1_000);
  const after = await restarted(files);
  assertEquals(await hits(after.cluster, after.node), total);
  const states = after.node.node.state.ledger;
  assertEquals([states.base.ids.size, states.shards.size], [1, 2]);
  after.node.registry.counter(HITS).inc(1_000);
  assertEquals(await hits(after.cluster, after.node), (total as number) + 1_000);
});

Deno.test("LedgerKeeper counts nobody twice who is still alive when the file is taken up", async () => {
  const files = new FakeFiles();
  const { cluster, nodes: [a, b] } = await SimulatedCluster.of(["a", "b"], {
    measuresItself: false,
  });
  a!.registry.counter(HITS).inc(1);
  const counter = b!.registry.counter(HITS);
  counter.inc(10);
  await cluster.run(3_000);
  await cluster.settled(keeperOf(a!, files).stop(), 1_000);
  a!.kill();
  counter.inc(100);
  const again = cluster.start("a", { address: a!.address });
  await keeperOf(again, files).load();
  await cluster.until("completeness", () => again.node.exchange.isComplete, 10_000);
  for (const node of [again, b!]) assertEquals(await hits(cluster, node), 111);
});

Deno.test("LedgerKeeper writes every ten seconds, and soon after an answer was shown", async () => {
  const files = new FakeFiles();
  const { cluster, node } = await restarted(files);
  const keeper = keeperOf(node, files);
  keeper.start();
  await cluster.run(9_000);
  assertEquals(files.writes, 0);
  await cluster.run(21_500);
  assertEquals(files.writes, 3);
  for (let i = 0; i < 5; i++) keeper.noteShown();
  await cluster.run(500);
  assertEquals(files.writes, 4, "five answers at once are one file");
  await cluster.run(10_000);
  assertEquals(files.writes, 5);
  await cluster.settled(keeper.stop(), 1_000);
  await cluster.run(20_000);
  assertEquals(files.writes, 6);
});

Deno.test("LedgerKeeper sets aside a file that is torn, foreign or none of Muster's, and says so", async () => {
  const files = new FakeFiles();
  const { cluster, node } = await restarted(files);
  node.registry.counter(HITS).inc(5);
  node.node.publish();
  await cluster.settled(keeperOf(node, files).stop(), 1_000);
  const good = files.contents.get(PATH)!;
  const foreign = new SimulatedCluster(7, { cluster: "another", measuresItself: false }).start("a");
  const cases: [Uint8Array<ArrayBuffer>, SimulatedNode | null, string][] = [
    [good.subarray(0, good.length - 9), null, "checksum"],
    [good.map((byte, i) => i === 40 ? byte ^ 1 : byte), null, "checksum"],
    [new TextEncoder().encode("something else"), null, `"MSTL" must begin a snapshot`],
    [new Uint8Array(0), null, `"MSTL" must begin a snapshot`],
    [good, foreign, `it is of the cluster "simulated", not "another"`],
  ];
  for (const [bytes, on, reason] of cases) {
    files.contents.clear();
    files.contents.set(PATH, bytes);
    const lines: string[] = [];
    if (on !== null) await keeperOf(on, files, lines).load();
    else assertEquals(await restarted(files, lines).then((it) => hits(it.cluster, it.node)), 0);
    assertStringIncludes(lines.join(), reason);
    assertEquals([...files.contents.keys()], [`${PATH}${SET_ASIDE_SUFFIX}`]);
  }
});

Deno.test("LedgerKeeper refuses to begin over a file that can't be read, and keeps on trying to write", async () => {
  const files = new FakeFiles();
  const { cluster, node } = await restarted(files);
  const lines: string[] = [];
  const keeper = keeperOf(node, files, lines);
  files.failure = new Error("permission denied");
  const error = await assertRejects(
    () => keeper.load(),
    Error,
    "Cannot read the totals in LEDGER_FILE",
  );
  assertStringIncludes(error.message, "permission denied");
  keeper.start();
  await cluster.run(31_000);
  assertEquals([files.writes, lines.length], [3, 1], "it is told once");
  files.failure = null;
  await cluster.run(10_000);
  assert(files.contents.has(PATH));
  await cluster.settled(keeper.stop(), 1_000);
});
