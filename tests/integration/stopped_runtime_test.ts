import { assertEquals, assertThrows } from "@std/assert";
import { definePlugin, startMuster } from "../../mod.ts";
import { silentLog } from "../../src/io/log.ts";
import { freePort } from "../servers/free_port.ts";
import { ask, sampleOf, startRuntime, untilTogether } from "./running_node.ts";

Deno.test("a runtime that was stopped begins nothing any more, and takes no events", async () => {
  const muster = await startMuster({
    settings: { METRICS_PORT: "0", METRICS_LISTEN_HOST: "127.0.0.1" },
    log: silentLog,
  });
  await muster.stop();
  const begins = {
    "add a source": () => muster.addSource({ name: "x", url: "http://127.0.0.1:9/metrics" }),
    "install a plugin": () =>
      muster.addPlugin(definePlugin({ name: "x", help: "X.", metrics: {} })),
    "create a cache": () => muster.createCache({ name: "x", maxEntries: 1 }),
    "create a limiter": () =>
      muster.createLimiter({ name: "x", limits: [{ limit: 1, windowMs: 1_000 }] }),
  };
  for (const [what, begin] of Object.entries(begins)) {
    assertThrows(begin, Error, `Cannot ${what}: the runtime must not have been stopped`);
  }
  const request = new Request("http://localhost/", { method: "POST", body: "{}" });
  assertEquals((await muster.takeEvents(request)).status, 503);
});

Deno.test("what caches and limiters did since the last round is in what a runtime leaves behind", async () => {
  const places = ["127.0.0.1", "127.0.0.2"].map((host) => ({ host, port: freePort() }));
  const env = {
    CLUSTER_PEERS: places.map(({ host, port }) => `${host}:${port}`).join(),
    // One round is enough to meet, and the next one is far away.
    CLUSTER_HEARTBEAT_MS: "2000",
  };
  const [staying, leaving] = await Promise.all(
    places.map((place, i) => startRuntime(`pod-${i}`, place, env)),
  );
  await using _ = staying!;
  const cache = leaving!.createCache<string>({ name: "users", maxEntries: 10 });
  const limiter = leaving!.createLimiter({
    name: "api",
    limits: [{ limit: 10, windowMs: 60_000 }],
  });
  await untilTogether([staying!, leaving!]);
  cache.set("a", "1");
  for (let i = 0; i < 25; i++) cache.get("a");
  for (let i = 0; i < 12; i++) limiter.consume("anna");
  assertEquals((await leaving!.stop()).confirmed, 1);
  const { text } = await ask(staying!, "/metrics");
  const samples = {
    'muster_cache_hits_total{cache="users",cause="fresh"}': 25,
    'rsolv_rate_limiter_requests_allowed_total{limit="api",scope="local"}': 10,
    'rsolv_rate_limiter_limit_exceeded_total{limit="api",scope="local"}': 2,
  };
  for (const [sample, value] of Object.entries(samples)) {
    assertEquals(sampleOf(text, sample), value, sample);
  }
});
