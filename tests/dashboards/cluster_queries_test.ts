import { assert, assertEquals } from "@std/assert";
import { freePort } from "../servers/free_port.ts";
import { Prometheus } from "../servers/prometheus.ts";
import { ServerProcess } from "../servers/server_process.ts";
import { until } from "../until.ts";
import { drawnPanels, readDashboard } from "./dashboard.ts";

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;
const QUERIES_DEADLINE_MS = 40_000;

interface Cluster extends AsyncDisposable {
  readonly addresses: readonly string[];
}

/** Three real nodes that know each other. */
async function startCluster(): Promise<Cluster> {
  const addresses = [1, 2, 3].map(() => `127.0.0.1:${freePort()}`);
  const nodes = new AsyncDisposableStack();
  const starts = await Promise.allSettled(addresses.map(async (address, i) => {
    const [host, port] = address.split(":") as [string, string];
    const node = await ServerProcess.start({
      binary: "deno",
      args: [
        ...["run", "--no-prompt", "--allow-net", "--allow-read=/etc/resolv.conf", MAIN],
        ...[`--pod-name=node-${i + 1}`, `--pod-ip=${host}`, `--metrics-listen-host=${host}`],
        ...[`--metrics-port=${port}`, "--port=0", `--cluster-peers=${addresses.join(",")}`],
      ],
      ready: async () => (await status(`http://${address}/metrics`)) === 200,
      deadlineMs: 20_000,
    });
    nodes.use(node);
  }));
  const failed = starts.find((start) => start.status === "rejected");
  if (failed === undefined) return { addresses, [Symbol.asyncDispose]: () => nodes.disposeAsync() };
  await nodes.disposeAsync();
  throw failed.reason;
}

async function status(url: string): Promise<number> {
  const response = await fetch(url);
  await response.body?.cancel();
  return response.status;
}

Deno.test("dashboards/cluster.json has queries that a real Prometheus answers for a real cluster", async () => {
  await using cluster = await startCluster();
  await using prometheus = await Prometheus.start({
    scrapeConfigs: `- job_name: muster\n  static_configs: [{ targets: ["${
      cluster.addresses[0]
    }"] }]`,
  });
  const panels = drawnPanels(readDashboard("cluster.json"));
  const queries = panels.flatMap(({ title, targets }) =>
    targets!.map(({ refId, expr }) => ({ name: `${title} ${refId}`, expr: substituted(expr) }))
  );
  let missing: string[] = [];
  await until(async () => {
    missing = [];
    for (const { name, expr } of queries) {
      const series = await prometheus.query(expr);
      const values = series.map(({ value }) => Number(value![1]));
      if (values.length === 0 || !values.every(Number.isFinite)) {
        missing.push(`${name}: ${expr}: ${values}`);
      }
    }
    return missing.length === 0;
  }, {
    what: "every query to have an answer",
    deadlineMs: QUERIES_DEADLINE_MS,
    everyMs: 500,
    details: () => missing.join("\n"),
  });
  assertEquals(await prometheus.value(`sum(muster_cluster_nodes{state="up"})`), 3);
  assertEquals(await labels(prometheus, "count by (job) (muster_cluster_nodes)", "job"), [
    "muster",
  ]);
  assertEquals(await labels(prometheus, "muster_shard_age_seconds", "node"), [
    "node-1",
    "node-2",
    "node-3",
  ]);
  // A query that ends with `or vector(0)` would answer for a name that nobody exposes, too.
  const exposed = await (await fetch(`http://${cluster.addresses[0]}/metrics`)).text();
  for (const { name, expr } of queries) {
    for (const [metric] of expr.matchAll(/\bmuster_\w+/g)) {
      const family = metric.replace(/_bucket$/, "");
      assert(exposed.includes(`# TYPE ${family} `), `${name}: ${family}`);
    }
  }
});

/** The query as Grafana sends it with every job chosen and a range of an hour. */
function substituted(expr: string): string {
  return expr.replaceAll("$__rate_interval", "1m").replaceAll("$job", ".+");
}

async function labels(prometheus: Prometheus, expr: string, label: string): Promise<string[]> {
  return (await prometheus.query(expr)).map(({ metric }) => metric[label] ?? "").sort();
}
