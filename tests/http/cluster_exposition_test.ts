import { assert, assertEquals } from "@std/assert";
import type { ExpositionFormat } from "../../src/exposition/content_type.ts";
import type { ClusterExposition, Scraped } from "../../src/http/cluster_exposition.ts";
import type { ScrapeAnswer } from "../../src/http/scrape_answer.ts";
import { SimulatedCluster } from "../cluster/simulated_cluster.ts";
import { parseOpenMetrics, parseText } from "../exposition/strict_text_parser.ts";

const OPENMETRICS: ExpositionFormat = { kind: "openmetrics", escaping: "allow-utf-8" };

async function scraped(
  cluster: SimulatedCluster,
  scrape: ReturnType<ClusterExposition["scrape"]>,
): Promise<ScrapeAnswer> {
  const found: Scraped = await cluster.settled(scrape, 3_000);
  assert(found.kind === "exposed");
  return found.answer;
}

function text(answer: ScrapeAnswer, format?: ExpositionFormat): string {
  return [...answer.render(format)].map((chunk) => new TextDecoder().decode(chunk)).join("");
}

function line(answer: ScrapeAnswer, name: string): string | undefined {
  return text(answer).split("\n").find((line) => line.startsWith(name));
}

Deno.test("ClusterExposition makes one valid document, whatever names the app's metrics have", async () => {
  const { cluster, nodes: [a] } = await SimulatedCluster.of(["a", "b"]);
  const { registry } = a!;
  registry.counter({ name: "muster_gather_answered", help: "The app's." }).inc(77);
  registry.histogram({ name: "muster_cluster_nodes", help: "", buckets: [1] }).observe(1);
  const answer = await scraped(cluster, a!.exposition.scrape(2_000));
  const families = parseText(text(answer));
  const named = (name: string) => families.filter((family) => family.name === name);
  assertEquals(named("muster_gather_answered").map(({ samples }) => samples[0]!.value), [2]);
  assertEquals(named("muster_cluster_nodes").map(({ type }) => type), ["gauge"]);
  parseOpenMetrics(text(answer, OPENMETRICS));
});

Deno.test("ClusterExposition's answer stays as it was while later scrapes merge again", async () => {
  const { cluster, nodes: [a, b] } = await SimulatedCluster.of(["a", "b"]);
  const hits = a!.registry.counter({ name: "hits_total", help: "" });
  hits.inc(1);
  const first = await scraped(cluster, a!.exposition.scrape(2_000));
  const before = text(first);
  assertEquals(line(first, "hits_total "), "hits_total 1");
  hits.inc(5);
  b!.registry.gauge({ name: "level", help: "", labels: ["i"] }).set({ i: 1 }, 5);
  const second = await scraped(cluster, a!.exposition.scrape(2_000));
  assertEquals(line(second, "hits_total "), "hits_total 6");
  assertEquals(text(first), before);
});

Deno.test("ClusterExposition shows a node's own metrics as they are at that moment", async () => {
  const { cluster, nodes: [a] } = await SimulatedCluster.of(["a", "b"]);
  const hits = a!.registry.counter({ name: "hits_total", help: "" });
  hits.inc(1);
  const own = await scraped(cluster, a!.exposition.own());
  hits.inc(1);
  await cluster.run(2_000);
  assertEquals(line(own, "hits_total "), "hits_total 1");
  assertEquals(line(own, "muster_cluster_nodes"), undefined);
});

Deno.test("ClusterExposition shows the newest exemplar of all nodes that answer", async () => {
  const { cluster, nodes } = await SimulatedCluster.of(["a", "b", "c"]);
  const counters = nodes.map(({ registry }) =>
    registry.counter({ name: "hits_total", help: "", labels: ["of"] })
  );
  const trace = (trace_id: string, timestampMs: number) => ({ labels: { trace_id }, timestampMs });
  counters.forEach((hits, i) => {
    hits.inc({ of: nodes[i]!.name }, 1, trace(`own ${i}`, 1));
    hits.inc({ of: "all" }, 1, trace(`common ${i}`, [10, 30, 20][i]!));
  });
  const traces = async () => {
    const answer = await scraped(cluster, nodes[2]!.exposition.scrape(2_000));
    const hits = parseOpenMetrics(text(answer, OPENMETRICS)).find(({ name }) => name === "hits")!;
    return hits.samples.map(({ labels, exemplar }) =>
      `${labels.get("of")}: ${exemplar?.labels.get("trace_id")}`
    ).sort();
  };
  assertEquals(await traces(), ["a: own 0", "all: common 1", "b: own 1", "c: own 2"]);
  counters[0]!.inc({ of: "all" }, 1, trace("newer", 40));
  assertEquals(await traces(), ["a: own 0", "all: newer", "b: own 1", "c: own 2"]);
});
