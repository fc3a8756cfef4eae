import { assert, assertEquals } from "@std/assert";
import { freePort } from "../servers/free_port.ts";
import { ask, startRuntime, untilTogether } from "./running_node.ts";

Deno.test("every metric that a node has of itself is in METRICS.md, and what the cluster does moves them", async () => {
  const hosts = ["127.0.0.96", "127.0.0.97"];
  const places = hosts.map((host) => ({ host, port: freePort(host) }));
  const CLUSTER_PEERS = places.map(({ host, port }) => `${host}:${port}`).join();
  await using one = await startRuntime("one", places[0]!, { CLUSTER_PEERS });
  await using two = await startRuntime("two", places[1]!, { CLUSTER_PEERS });
  await untilTogether([one, two]);
  await ask(one, "/metrics");
  const { text } = await ask(one, "/metrics");
  const page = await Deno.readTextFile(new URL("../../src/plugins/METRICS.md", import.meta.url));
  const families = [...text.matchAll(/^# TYPE (\S+) /gm)].map((match) => match[1]!);
  assert(families.includes("muster_cluster_nodes"), text);
  assertEquals(families.filter((family) => !page.includes(`\`${family}\``)), []);
  const moved = [
    'muster_cluster_nodes{state="up"}',
    'muster_cluster_events_total{kind="up"}',
    'muster_exchanges_total{direction="out",outcome="answer"}',
    'muster_exchange_duration_seconds_count{outcome="answer"}',
    'muster_exchange_bytes_total{direction="in"}',
    'muster_discovery_polls_total{outcome="answered"}',
    'muster_discovery_addresses{node="one"}',
    'muster_scrapes_total{outcome="exposed"}',
    "muster_scrape_duration_seconds_count",
    "muster_gather_duration_seconds_count",
    "muster_gather_answered",
    "muster_merge_duration_seconds_count",
    'muster_polls_total{outcome="ok",poll="deno.process"}',
  ];
  const valueOf = (sample: string) =>
    Number(text.split("\n").find((line) => line.startsWith(`${sample} `))?.split(" ").at(-1));
  assertEquals(moved.filter((sample) => !(valueOf(sample) > 0)), [], text);
});
