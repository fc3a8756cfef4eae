import { assert, assertEquals } from "@std/assert";
import { CACHES } from "../../src/plugins/caches.ts";
import { metricName } from "../../src/plugins/plugin_names.ts";
import { freePort } from "../servers/free_port.ts";
import { Prometheus } from "../servers/prometheus.ts";
import { until } from "../until.ts";
import { ask, startRuntime } from "./running_node.ts";

Deno.test("every metric of a cache is read back from a Prometheus", async () => {
  await using runtime = await startRuntime("pod-1", { host: "127.0.0.1", port: freePort() }, {});
  const cache = runtime.createCache<string>({
    name: "false_positives",
    maxEntries: 2,
    maxBytes: 1_000,
    ttlMs: 60_000,
    absentTtlMs: 60_000,
    events: "rsolv.validation",
    onTopology: "clear",
  });
  await cache.wrap("a", () => "12345");
  await cache.wrap("absent", () => undefined);
  await cache.wrap("failing", () => Promise.reject(new Error("no"))).catch(() => {});
  for (let i = 0; i < 7; i++) cache.get("a");
  cache.get("absent");
  cache.set("b", "1");
  cache.set("large", "x".repeat(1_000));
  await cache.invalidate("b");
  cache.set("c", "1", { tags: ["t"] });
  await cache.invalidateTag("t");
  cache.set("d", "1");
  cache.drop("missed");
  await cache.clear();
  cache.set("kept", "1234567890");
  await using prometheus = await Prometheus.start({
    scrapeConfigs: `- job_name: m\n  honor_labels: true\n  static_configs: ` +
      `[{targets: ["127.0.0.1:${runtime.opsAddress.port}"]}]`,
  });
  const value = (expr: string) => prometheus.value(expr);
  await until(async () => await value("muster_cache_entries") === 1, {
    what: "the first scrape",
    deadlineMs: 20_000,
    details: () => prometheus.log,
  });
  const sum = (name: string, cause: string) =>
    value(`sum(${name}{cache="false_positives",cause="${cause}"})`);
  assertEquals(await sum("muster_cache_hits_total", "fresh"), 7);
  assertEquals(await sum("muster_cache_hits_total", "absent"), 1);
  assertEquals(await sum("muster_cache_misses_total", "missing"), 3);
  assertEquals(await sum("muster_cache_evictions_total", "full"), 1);
  assertEquals(await sum("muster_cache_evictions_total", "too_large"), 1);
  for (const cause of ["key", "tag", "clear", "missed"]) {
    assertEquals(await sum("muster_cache_invalidations_total", cause), 1, cause);
  }
  for (const cause of ["key", "tag"]) {
    assertEquals(await sum("muster_cache_dropped_entries_total", cause), 1, cause);
  }
  assertEquals(await value("muster_cache_bytes"), 20);
  for (const outcome of ["found", "absent", "failed"]) {
    const count = `muster_cache_load_duration_seconds_count{outcome="${outcome}"}`;
    assertEquals(await value(count), 1, outcome);
  }
  const ratio = "sum(muster_cache_hits_total) / " +
    "(sum(muster_cache_hits_total) + sum(muster_cache_misses_total))";
  assertEquals(await value(ratio), 8 / 11);
  // What the dashboard of validations shows.
  assertEquals(await value("rsolv_validation_cache_hits_total"), 8);
  assertEquals(await value("rsolv_validation_cache_misses_total"), 3);
  assertEquals(await value("sum(rsolv_validation_cache_invalidations_total)"), 4);
  assertEquals(await value("rsolv_validation_cache_entries"), 1);
  assertEquals(await value("rsolv_validation_cache_bytes"), 20);

  for (const [name, { kind }] of Object.entries(CACHES.metrics)) {
    const series = metricName("", name) + (kind === "histogram" ? "_count" : "");
    assert(await value(`count(${series})`) !== null, `${series} is not there`);
  }
  const status = JSON.parse((await ask(runtime, "/cluster/caches")).text);
  assertEquals(status.caches[0].hitRatio, 8 / 11);
  assertEquals([status.caches[0].name, status.caches[0].entries], ["false_positives", 1]);
});
