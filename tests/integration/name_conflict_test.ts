import { assertEquals } from "@std/assert";
import { topologyOf } from "../../src/cluster/topology.ts";
import { freePort } from "../servers/free_port.ts";
import { until } from "../until.ts";
import { ask, sampleOf, startRuntime, untilTogether } from "./running_node.ts";

Deno.test("Two living nodes with one POD_NAME are both shown, counted and told of", async () => {
  const places = [61, 62, 63].map((last) => {
    const host = `127.0.0.${last}`;
    return { host, port: freePort(host) };
  });
  const CLUSTER_PEERS = places.map(({ host, port }) => `${host}:${port}`).join(",");
  await using observer = await startRuntime("observer", places[0]!, { CLUSTER_PEERS });
  await using first = await startRuntime("twin", places[1]!, { CLUSTER_PEERS });
  await untilTogether([observer, first]);
  await using second = await startRuntime("twin", places[2]!, { CLUSTER_PEERS });
  for (const { registry } of [first, second]) {
    registry.counter({ name: "it_requests_total", help: "Whole numbers." }).inc(21);
    registry.gauge({ name: "it_level", help: "A gauge of each node." }).set(7);
  }
  for (const { node } of [observer, first, second]) {
    await until(() => {
      const twins = topologyOf(node).members.filter(({ id }) => id === "twin");
      const areUp = twins.length === 2 && twins.every(({ status }) => status === "up");
      return areUp && node.events.after(0).some(({ kind }) => kind === "name_conflict");
    }, {
      what: `${node.state.self.node} to see both twins`,
      details: () => JSON.stringify([topologyOf(node).members, node.events.after(0)], null, 1),
    });
  }
  const { text } = await ask(observer, "/metrics");
  assertEquals(sampleOf(text, "it_requests_total"), 42);
  const levels = text.split("\n").filter((line) => line.startsWith("it_level{"));
  assertEquals(new Set(levels.map((line) => line.split(" ")[0])).size, levels.length, text);
});
