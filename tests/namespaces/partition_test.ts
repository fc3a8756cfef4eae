import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { systemClock } from "../../src/io/clock.ts";
import { until } from "../until.ts";
import type { MachineNode } from "./machine_node.ts";
import { NamespaceCluster } from "./namespace_cluster.ts";
import { namespacesProblem } from "./namespace_network.ts";

const problem = namespacesProblem();
const isCi = Deno.env.get("CI") === "true";

/** Twice as fast as the default. */
const TIMES = {
  CLUSTER_HEARTBEAT_MS: "500",
  CLUSTER_SUSPECT_AFTER_MS: "2500",
  CLUSTER_DOWN_AFTER_MS: "5000",
};
/** Longer than it takes to hold somebody for down who is not heard of. */
const HOLD_MS = 7_000;
const NAMES = ["web-1", "web-2", "web-3", "web-4", "web-5"];

/** A test that needs network namespaces. Where they can't be made, its name says what is missing. */
function namespaceTest(name: string, run: () => Promise<void>): void {
  const ignored = problem === null ? "" : ` (not run here: ${problem})`;
  Deno.test({ name: name + ignored, ignore: problem !== null, fn: run });
}

Deno.test("Partitions are tried with real addresses wherever CI is set", () => {
  assert(problem === null || !isCi, `Cannot try partitions under CI: ${problem}.`);
});

async function five(): Promise<NamespaceCluster> {
  const cluster = await NamespaceCluster.create(TIMES);
  for (const name of NAMES) await cluster.add(name);
  await cluster.count(cluster.nodes);
  await cluster.untilTold(cluster.nodes, 30_000);
  return cluster;
}

/** Counts and scrapes everywhere for as long as a silent node needs to be down, and gives the answers. */
async function hold(
  cluster: NamespaceCluster,
  nodes: readonly MachineNode[],
): Promise<Map<MachineNode, number[]>> {
  const statuses = new Map<MachineNode, number[]>(nodes.map((node) => [node, []]));
  const sinceMs = systemClock.nowMs();
  await until(async () => {
    await cluster.count(nodes);
    for (const node of nodes) statuses.get(node)!.push((await cluster.scrape(node)).status);
    return systemClock.nowMs() - sinceMs >= HOLD_MS;
  }, { what: "the cut to last", deadlineMs: 10 * HOLD_MS, everyMs: 200 });
  return statuses;
}

/** What any node holds against any other. */
async function blames(cluster: NamespaceCluster): Promise<string[]> {
  const all = await Promise.all(cluster.nodes.map((node) => node.events()));
  return all.flat().filter(({ kind }) => ["suspect", "down", "lost", "replaced"].includes(kind))
    .map(({ kind, node, cause }) => `${node} is ${kind}: ${cause}`);
}

/** The nodes whose addresses did not answer a node lately. */
async function outOfReach(node: MachineNode): Promise<string[]> {
  const { members, unreachable } = await node.topology();
  return members.filter(({ addresses }) =>
    unreachable.some(({ address }) => addresses.includes(address))
  ).map(({ id }) => id);
}

namespaceTest(
  "One broken link, in both directions or in one, kills nobody and stops no answer",
  async () => {
    await using cluster = await five();
    const { network, nodes } = cluster;
    const [one, two, three, four, five_] = nodes as [
      MachineNode,
      MachineNode,
      MachineNode,
      MachineNode,
      MachineNode,
    ];
    await network.part([one.machine], [two.machine]);
    await network.cut(two.machine, three.machine, "packets");
    await network.cut(four.machine, five_.machine, "requests");
    const answers = await hold(cluster, nodes);
    for (const [{ name }, statuses] of answers) {
      assertEquals(new Set(statuses), new Set([200]), name);
    }
    assertEquals(await Promise.all(nodes.map(outOfReach)), [
      ["web-2"],
      ["web-1", "web-3"],
      // Its requests arrive, and the answers are lost.
      ["web-2"],
      ["web-5"],
      [],
    ]);
    // Nobody needs the broken links to know all: what the far ends counted comes through the others.
    await cluster.untilTold(nodes);
    assertEquals(await blames(cluster), []);
    await network.heal();
    await cluster.count(nodes);
    await cluster.untilTold(nodes);
    assertEquals(cluster.watch.falls, []);
  },
);

namespaceTest(
  "In a partition the larger side answers, the smaller says whom it misses, and nothing falls after it",
  async () => {
    await using cluster = await five();
    const { network, nodes } = cluster;
    const [small, large] = [nodes.slice(0, 2), nodes.slice(2)];
    await network.part(small.map(({ machine }) => machine), large.map(({ machine }) => machine));
    // A second passes until the first requests have run into the cut.
    const refused = async (node: MachineNode) => (await cluster.scrape(node)).status === 503;
    for (const node of small) {
      await until(() => refused(node), { what: `${node.name} to refuse`, deadlineMs: 5_000 });
    }
    const answers = await hold(cluster, nodes);
    for (const node of small) assertEquals(new Set(answers.get(node)), new Set([503]), node.name);
    for (const node of large) assertEquals(new Set(answers.get(node)), new Set([200]), node.name);
    const { text } = await cluster.scrape(small[0]!);
    assertMatch(
      text,
      /^Cannot answer for the cluster: 2 of 5 members answered, and at least half must/,
    );
    for (const { name, machine } of large) {
      assertStringIncludes(text, `${name} (${machine.address}:4021: `);
    }
    assertEquals(text.match(/, not heard for [1-9]\d* s\)/g)?.length, large.length, text);
    assertMatch(text, /Usual causes are a NetworkPolicy .* a wrong port, or a lost machine/);
    for (const observer of large) {
      const { members } = await observer.topology();
      const seen = members.filter(({ id }) => small.some(({ name }) => name === id));
      assertEquals(seen.map(({ status }) => status), ["down", "down"], "listed, so not gone");
    }
    await network.heal();
    await cluster.untilTold(nodes);
    await cluster.count(nodes);
    await cluster.untilTold(nodes);
    assertEquals(cluster.watch.falls, []);
    const texts = await Promise.all(nodes.map(async (node) => (await cluster.scrape(node)).text));
    const counters = texts.map((text) => text.split("\n").filter((line) => line.startsWith("it_")));
    for (const lines of counters) assertEquals(lines, counters[0]);
  },
);

namespaceTest(
  "Of two pods, the loss of the older one's machine costs answers until DNS drops it",
  async () => {
    await using cluster = await NamespaceCluster.create({});
    const older = await cluster.add("older");
    await cluster.count([older]);
    await cluster.untilTold([older]);
    const younger = await cluster.add("younger");
    await cluster.untilTold([older, younger]);
    await cluster.network.unplug(older.machine);
    await older.kill();
    const statusOf = async () => (await cluster.scrape(younger)).status;
    await until(async () => await statusOf() === 503, { what: "the younger one to refuse" });
    const sinceMs = systemClock.nowMs();
    await until(async () => {
      assertEquals(await statusOf(), 503, "it must not answer while DNS lists the older one");
      return systemClock.nowMs() - sinceMs >= 12_000;
    }, { what: "the lost one to be down", deadlineMs: 30_000, everyMs: 500 });
    await cluster.unlist(older);
    // DNS is asked again within the TTL, 5 s here.
    await until(async () => await statusOf() === 200, {
      what: "the younger one to answer",
      deadlineMs: 10_000,
      everyMs: 100,
    });
    await cluster.count([younger]);
    await cluster.untilTold([younger]);
    assertEquals(cluster.watch.falls, []);
  },
);
