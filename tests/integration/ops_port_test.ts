import { assertEquals, assertStringIncludes } from "@std/assert";
import { freePort } from "../servers/free_port.ts";
import type { Runtime } from "../../src/runtime.ts";
import { exchangeBytes, sendExchange } from "./exchange_caller.ts";
import { ask, startRuntime, untilTogether } from "./running_node.ts";

const HOST = "127.0.0.71";
const READERS_PATHS = [
  "/metrics",
  "/metrics/node",
  "/cluster/topology",
  "/cluster/topology/one",
  "/cluster/events?format=json",
];

async function startOne(env: Readonly<Record<string, string>>): Promise<Runtime> {
  const runtime = await startRuntime("one", { host: HOST, port: freePort(HOST) }, env);
  await untilTogether([runtime]);
  return runtime;
}

async function assertOnlyFor(runtime: Runtime, authorization: string, wrong: readonly string[]) {
  for (const path of READERS_PATHS) {
    assertEquals((await ask(runtime, path)).status, 401, path);
    for (const each of wrong) {
      const { status, headers } = await ask(runtime, path, { headers: { authorization: each } });
      assertEquals(status, 401, each);
      assertEquals(headers.has("www-authenticate"), true);
    }
    const { status, text } = await ask(runtime, path, { headers: { authorization } });
    assertEquals(status, 200, text);
  }
  // A kubelet and a peer have no password.
  assertEquals((await ask(runtime, "/healthz")).status, 200);
  assertEquals((await ask(runtime, "/readyz")).status, 200);
  assertEquals((await sendExchange(runtime, exchangeBytes("local"), {}, HOST)).status, 200);
}

Deno.test("METRICS_AUTH=bearer lets in who brings the token, and leaves health and peers alone", async () => {
  await using runtime = await startOne({ METRICS_AUTH: "bearer", METRICS_AUTH_TOKEN: "abc.def" });
  await assertOnlyFor(runtime, "Bearer abc.def", ["Bearer abc.de", "Basic abc.def", "abc.def"]);
});

Deno.test("METRICS_AUTH=basic lets in who knows name and password, and leaves health and peers alone", async () => {
  await using runtime = await startOne({
    METRICS_AUTH: "basic",
    METRICS_AUTH_USERNAME: "prometheus",
    METRICS_AUTH_PASSWORD: "pässword:1",
  });
  const basic = (pair: string) => `Basic ${new TextEncoder().encode(pair).toBase64()}`;
  await assertOnlyFor(runtime, basic("prometheus:pässword:1"), [
    basic("prometheus:password"),
    basic("somebody:pässword:1"),
    "Basic !!!",
  ]);
});

Deno.test("ENABLE_PROMETHEUS_METRICS=false takes the metrics away and leaves the cluster", async () => {
  await using runtime = await startOne({ ENABLE_PROMETHEUS_METRICS: "false" });
  assertEquals((await ask(runtime, "/metrics")).status, 404);
  assertEquals((await ask(runtime, "/metrics/node")).status, 404);
  assertEquals((await ask(runtime, "/cluster/topology")).status, 200);
  assertEquals(runtime.registry.shard.layout.seriesCount, 0);
});

Deno.test("The ops port says in a sentence what it does not have", async () => {
  await using runtime = await startOne({});
  const missing = await ask(runtime, "/nothing");
  assertEquals(missing.status, 404);
  assertStringIncludes(missing.text, "/nothing");
  const nobody = await ask(runtime, "/cluster/topology/nobody");
  assertEquals(nobody.status, 404);
  assertStringIncludes(nobody.text, "this node knows one");
  assertEquals((await ask(runtime, "/cluster/events?format=xml")).status, 400);
});
