import { assert, assertEquals, assertThrows } from "@std/assert";
import * as prom from "prom-client";
import { createRegistry, DEFAULT_BUCKETS, exponentialBuckets, linearBuckets } from "@muster/muster";
import { Counter as TsCounter, Registry as TsRegistry } from "@muster/muster/ts-prometheus";
import { TextRenderer } from "../../src/exposition/text.ts";
import { silentLog } from "../../src/io/log.ts";
import { startMuster } from "../../src/start_muster.ts";
import { outline, parsed } from "../exposition/parser/parsed.ts";
import { shown } from "../metrics/shown.ts";

/** The samples of a document, in an order of their own. */
function samplesOf(text: string): string[] {
  return outline(parsed(text)).toSorted();
}

Deno.test("README's table moves metrics over from prom-client: both then show the same samples", async () => {
  const theirs = new prom.Registry();
  const common = { help: "h", registers: [theirs] };
  const theirCounter = new prom.Counter({ name: "c_total", labelNames: ["method"], ...common });
  const theirGauge = new prom.Gauge({ name: "g", ...common });
  const buckets = [0.1, 1];
  const theirHistogram = new prom.Histogram({
    name: "h",
    labelNames: ["route"],
    buckets,
    ...common,
  });
  new prom.Gauge({
    name: "read",
    ...common,
    collect() {
      this.set(7);
    },
  });

  const registry = createRegistry();
  const counter = registry.counter({ name: "c_total", help: "h", labels: ["method"] });
  const gauge = registry.gauge({ name: "g", help: "h" });
  const histogram = registry.histogram({ name: "h", help: "h", labels: ["route"], buckets });
  registry.gauge({ name: "read", help: "h", collect: (read) => read.set(7) });

  theirCounter.inc({ method: "GET" }, 2);
  counter.inc({ method: "GET" }, 2);
  theirCounter.labels("GET").inc();
  counter.labels({ method: "GET" }).inc();
  theirGauge.set(5);
  gauge.set(5);
  theirHistogram.observe({ route: "/" }, 0.5);
  histogram.observe({ route: "/" }, 0.5);
  registry.shard.stamp();
  const ours = await new Blob([...new TextRenderer().render(registry.shard)]).text();
  assertEquals(samplesOf(ours), samplesOf(await theirs.metrics()));

  const end = histogram.startTimer({ route: "/" });
  assert(end() >= 0);
  assertEquals(histogram.labels({ route: "/" }).count, 2);
  assertThrows(() => counter.inc({} as { method: string }), TypeError, 'label "method" must be');
  assertEquals(counter.remove({ method: "GET" }), true);
  counter.clear();
  counter.inc({ method: "GET" });
  assertEquals(counter.labels({ method: "GET" }).value, 4, "it goes on from its total");
});

Deno.test("README's table has what prom-client's options for summaries, gauges and default labels are here", async () => {
  const registry = createRegistry({ constantLabels: { env: "prod" } });
  registry.summary({ name: "s", help: "h", quantiles: [0.5], maxAgeMs: 60_000 }).observe(4);
  const largest = registry.gauge({ name: "g", help: "h", merge: "max" });
  largest.set(1);
  assertEquals(registry.shard.layout.families.map(({ merge }) => merge), ["add", "max"]);
  const lines = await shown(registry);
  assertEquals(lines.every((line) => line.includes('env="prod"')), true, lines.join("\n"));
});

Deno.test("README's table keeps prom-client's buckets, and moves exemplars to the last argument", async () => {
  assertEquals(linearBuckets(1, 2, 4), prom.linearBuckets(1, 2, 4));
  assertEquals(exponentialBuckets(1, 2, 4), prom.exponentialBuckets(1, 2, 4));
  const theirs = new prom.Registry();
  new prom.Histogram({ name: "h", help: "h", registers: [theirs] });
  const bounds = [...(await theirs.metrics()).matchAll(/le="([0-9.]+)"/g)].map(([, le]) => +le!);
  assertEquals(DEFAULT_BUCKETS, bounds);
  const exemplar = { labels: { trace_id: "7" } };
  const registry = createRegistry();
  registry.histogram({ name: "h", help: "h", labels: ["route"] })
    .observe({ route: "/" }, 0.2, exemplar);
  registry.counter({ name: "c_total", help: "h", labels: ["route"] }).inc(
    { route: "/" },
    1,
    exemplar,
  );
  assertEquals(registry.shard.exemplars.size, 2);
});

Deno.test("collectDefaultMetrics and a ts_prometheus registry come along through sources, as README says", async () => {
  const registry = new prom.Registry();
  prom.collectDefaultMetrics({ register: registry });
  TsCounter.with({ name: "moved_total", help: "h" }).inc(3);
  try {
    await using muster = await startMuster({
      log: silentLog,
      settings: { METRICS_PORT: "0", METRICS_LISTEN_HOST: "127.0.0.1" },
    });
    await muster.addSource({ name: "default", registry }).poll();
    await muster.addSource({ name: "app", registry: TsRegistry.default }).poll();
    const url = `http://127.0.0.1:${muster.opsAddress.port}/metrics`;
    const text = await (await fetch(url)).text();
    assert(/^moved_total 3$/m.test(text));
    assert(/^process_cpu_seconds_total [0-9.]+$/m.test(text));
    assert(/^nodejs_version_info\{/m.test(text));
  } finally {
    TsRegistry.default.clear();
    registry.clear();
  }
});
