import { assertEquals, assertMatch } from "@std/assert";
import { freePort } from "../servers/free_port.ts";
import { requireBinary } from "../servers/needed_binaries.ts";
import { HOSTILE_VALUES } from "../exposition/hostile_registry.ts";
import { ask, startRuntime, untilTogether } from "./running_node.ts";

/** Exit code of `promtool check metrics` when all parses and only names could be better. */
const ADVICE = 3;

Deno.test("promtool parses both expositions of a cluster with hostile label values", async () => {
  const places = [41, 42].map((last) => {
    const host = `127.0.0.${last}`;
    return { host, port: freePort(host) };
  });
  const CLUSTER_PEERS = places.map(({ host, port }) => `${host}:${port}`).join(",");
  await using one = await startRuntime("one", places[0]!, { CLUSTER_PEERS });
  await using two = await startRuntime("two", places[1]!, { CLUSTER_PEERS });
  await untilTogether([one, two]);
  for (const { registry } of [one, two]) {
    const total = registry.counter({ name: "c_total", help: 'A\\b\n"c".', labels: ["a"] });
    const level = registry.gauge({ name: "g_bytes", help: "A level.", labels: ["a"] });
    const seconds = registry.histogram({ name: "h_seconds", help: "Times.", labels: ["a"] });
    for (const [i, a] of HOSTILE_VALUES.entries()) {
      total.inc({ a }, i + 0.1);
      level.set({ a }, i);
      seconds.observe({ a }, i);
    }
  }
  for (const path of ["/metrics", "/metrics/node"]) {
    const { status, text } = await ask(one, path);
    assertEquals(status, 200, text);
    assertMatch(text, /^c_total\{a="x\\"\} 1\\ninjected_total\{z=\\""\} \d/m);
    const { code, said } = await promtool(text);
    assertEquals(code === 0 || code === ADVICE, true, `${path}: exit ${code}\n${said}`);
    assertEquals(code === 0 ? said : "", "");
  }
});

async function promtool(exposition: string): Promise<{ code: number; said: string }> {
  const child = new Deno.Command(requireBinary("promtool"), {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  await new Blob([exposition]).stream().pipeTo(child.stdin);
  const { code, stdout, stderr } = await output;
  return { code, said: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}
