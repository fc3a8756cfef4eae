import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  ClusterExplanation,
  type Explained,
  type ExplanationJson,
} from "../../src/http/cluster_explanation.ts";
import { LEDGER_LIMITS } from "../../src/cluster/ledger.ts";
import { SimulatedCluster } from "../cluster/simulated_cluster.ts";
import type { SimulatedNode } from "../cluster/simulated_node.ts";
import { parseText, type Sample } from "../exposition/strict_text_parser.ts";
import { command, RandomNode } from "../metrics/merge/random_node.ts";

/** What only the answer itself can know; it is merged from nobody's metrics. */
const OF_THE_ANSWER = /^muster_(cluster_nodes|shard_age_seconds|gather_answered|merge_conflicts)$/;

async function ask(
  cluster: SimulatedCluster,
  node: SimulatedNode,
  name: string,
  labels: Iterable<readonly [string, string]> = [],
): Promise<Explained> {
  const query = { name, labels: new Map(labels) };
  return await cluster.settled(new ClusterExplanation(node.node).explain(query, 2_000), 3_000);
}

async function explained(...args: Parameters<typeof ask>): Promise<ExplanationJson> {
  const found = await ask(...args);
  assert(found.kind === "explained", JSON.stringify(found));
  return found.explanation;
}

async function samplesOf(cluster: SimulatedCluster, node: SimulatedNode): Promise<Sample[]> {
  const scraped = await cluster.scrape(node);
  assert(scraped.kind === "exposed");
  return parseText(scraped.text).flatMap(({ samples }) => samples);
}

Deno.test("Every merged series of a random cluster is explained by a sum that equals what is shown", async () => {
  let compared = 0;
  const commands = fc.array(command, { minLength: 20, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(commands, fc.integer(), async (commands, seed) => {
      const names = ["a", "b", "c", "d"];
      const { cluster, nodes } = await SimulatedCluster.of(names, {
        seed,
        measuresItself: false,
        // In every other cluster, who leaves or dies is folded before anything is compared.
        ledger: { ...LEDGER_LIMITS, foldAfterMs: seed % 2 === 0 ? 0 : 900_000 },
      });
      const apps = nodes.map(({ registry }, i) => new RandomNode(i, i, registry));
      for (const [what, which, act, n] of commands) {
        if (what === "act") apps[which % apps.length]!.act(act, n % 4, n);
      }
      await cluster.run(2_000);
      await cluster.settled(nodes[2]!.leave(), 6_000);
      nodes[3]!.kill();
      const asked = nodes[seed & 1]!;
      await cluster.run(1_000);
      for (const { name, labels, value } of await samplesOf(cluster, asked)) {
        // Quantiles are of windows, and no sum of anything.
        if (OF_THE_ANSWER.test(name) || labels.has("quantile")) continue;
        const { samples } = await explained(cluster, asked, name, labels);
        const same = samples.filter((sample) =>
          sample.name === name && Object.keys(sample.labels).length === labels.size
        );
        const told = same.map(({ value, shown }) => ({ value, shown }));
        assertEquals(told, [{ value, shown: true }], `${name} ${JSON.stringify([...labels])}`);
        compared++;
      }
    }),
    { numRuns: 8 },
  );
  assert(compared > 100, `only ${compared} samples were compared`);
});

Deno.test("A counter's parts are of the living and of those that are gone, with state, seq and age", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"]);
  for (const [i, { registry }] of [a!, b!, c!].entries()) {
    registry.counter({ name: "hits_total", help: "", labels: ["method"] })
      .inc({ method: "GET" }, 10 ** i);
  }
  await cluster.run(2_000);
  await cluster.settled(b!.leave(), 6_000);
  await cluster.run(5_000);
  const { self, refusal, samples } = await explained(cluster, a!, "hits_total", [
    ["method", "GET"],
  ]);
  assertEquals([self.id, refusal], ["a", null]);
  const [{ parts, ...sample }] = samples as [ExplanationJson["samples"][number]];
  assertEquals(sample, {
    name: "hits_total",
    labels: { method: "GET" },
    type: "counter",
    merge: "add",
    shown: true,
    value: 111,
  });
  const byNode = parts.toSorted((a, b) => a.node < b.node ? -1 : 1);
  assertEquals(byNode.map(({ node, state, value, counted }) => [node, state, value, counted]), [
    ["a", "up", 1, true],
    ["b", "left", 10, true],
    ["c", "up", 100, true],
  ]);
  assertEquals(
    byNode.map(({ incarnation }) => incarnation),
    [a, b, c].map((it) => it!.incarnation),
  );
  const [live, gone] = byNode;
  assert(live!.seq! > gone!.seq! && gone!.seq! > 0);
  assert(live!.ageMs! < 1_000 && gone!.ageMs! >= 5_000, `${live!.ageMs}, ${gone!.ageMs}`);
});

Deno.test("All that were folded are one part, which tells of how many it is", async () => {
  const ledger = { ...LEDGER_LIMITS, foldAfterMs: 1_000 };
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"], { ledger });
  for (const { registry } of [a!, b!, c!]) {
    registry.counter({ name: "busy_total", help: "" }).inc(0.1);
  }
  await cluster.settled(b!.leave(), 6_000);
  await cluster.settled(c!.leave(), 6_000);
  await cluster.until("both to be folded", () => a!.node.state.ledger.base.ids.size === 2, 10_000);
  const { samples: [sample] } = await explained(cluster, a!, "busy_total");
  assertEquals(sample!.value, 0.30000000000000004, "three times 0.1, rounded once");
  const [own, folded] = sample!.parts.toSorted((x, y) => x.incarnations - y.incarnations);
  assertEquals([own!.node, own!.value], ["a", 0.1]);
  assertEquals(folded, {
    node: "folded",
    incarnation: "folded",
    state: "folded",
    incarnations: 2,
    value: 0.2,
    seq: null,
    ageMs: null,
    counted: true,
  });
});

Deno.test("One bucket is explained by le, however the bound is spelled, or all with sum and count", async () => {
  const { cluster, nodes: [a] } = await SimulatedCluster.of(["a"]);
  const wait = a!.registry.histogram({ name: "wait", help: "", buckets: [0.5, 1] });
  for (const value of [0.1, 0.7, 3]) wait.observe(value);
  const values = async (name: string, le?: string) => {
    const labels: [string, string][] = le === undefined ? [] : [["le", le]];
    const { samples } = await explained(cluster, a!, name, labels);
    return samples.map(({ name, labels, value }) => [name, labels.le, value]);
  };
  assertEquals(await values("wait"), [
    ["wait_bucket", "0.5", 1],
    ["wait_bucket", "1.0", 2],
    ["wait_bucket", "+Inf", 3],
    ["wait_sum", undefined, 3.8],
    ["wait_count", undefined, 3],
  ]);
  assertEquals(await values("wait_count"), [["wait_count", undefined, 3]]);
  for (const le of ["1", "1.0", "1e0"]) {
    assertEquals(await values("wait_bucket", le), [["wait_bucket", "1.0", 2]]);
  }
  for (const le of ["+Inf", " Inf", "Inf"]) {
    assertEquals(await values("wait", le), [["wait_bucket", "+Inf", 3]]);
  }
});

Deno.test("In a partition the smaller side explains what it has, and why it would not show it", async () => {
  const { cluster, nodes: [a, b, c] } = await SimulatedCluster.of(["a", "b", "c"]);
  b!.registry.counter({ name: "hits_total", help: "" }).inc(5);
  await cluster.run(2_000);
  for (const other of [b!, c!]) cluster.between(a!, other, { kind: "cut" });
  const { refusal, samples } = await explained(cluster, a!, "hits_total");
  assert(refusal!.startsWith("Cannot answer for the cluster: 1 of 3 members answered"), refusal!);
  assertEquals(samples[0]!.parts.map(({ node, value }) => [node, value]), [["b", 5]]);
});

Deno.test("What nothing matches is answered with names and values that come near", async () => {
  const { cluster, nodes: [a] } = await SimulatedCluster.of(["a"], { measuresItself: false });
  const hits = a!.registry.counter({ name: "hits_total", help: "", labels: ["method", "code"] });
  for (const method of ["GET", "POST"]) hits.inc({ method, code: method === "GET" ? 200 : 500 });
  a!.registry.counter({ name: "errors_total", help: "" });
  a!.registry.gauge({ name: "level", help: "" }).set(1);
  const unknown = async (name: string, ...labels: [string, string][]) => {
    const found = await ask(cluster, a!, name, labels);
    assert(found.kind === "unknown");
    return found.reason;
  };
  assertEquals(
    await unknown("hit_totals"),
    'No merged metric is called "hit_totals". Near names are hits_total, errors_total, level.',
  );
  assertEquals(
    await unknown("hits_total", ["method", "GTE"]),
    'No series of "hits_total" has method="GTE". Near values are GET, POST.',
  );
  assertEquals(
    await unknown("hits_total", ["verb", "GET"]),
    'No series of "hits_total" has a label "verb". It has code, method.',
  );
  assertEquals(
    await unknown("hits_total", ["method", "GET"], ["code", "500"]),
    'No series of "hits_total" has all of these labels.',
  );
  assertEquals(
    await unknown("level", ["node", "b"]),
    'No series of "level" has node="b". Near values are a.',
  );
});

Deno.test("A name with too many series is not explained at once", async () => {
  const { cluster, nodes: [a] } = await SimulatedCluster.of(["a"]);
  const hits = a!.registry.counter({ name: "hits_total", help: "", labels: ["k"] });
  for (let k = 0; k < 101; k++) hits.inc({ k });
  assertEquals(await ask(cluster, a!, "hits_total"), {
    kind: "too_many",
    reason:
      'Cannot explain "hits_total" at once: it has more than 100 series. Ask for fewer with ' +
      '"&label=<name>:<value>".',
  });
});
