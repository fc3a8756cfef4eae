import { assertEquals, assertThrows } from "@std/assert";
import { definePlugin, startMuster } from "../../mod.ts";
import { silentLog } from "../../src/io/log.ts";

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
