import { assert, assertEquals } from "@std/assert";
import { Prometheus } from "../servers/prometheus.ts";
import { until } from "../until.ts";
import { HOSTILE_VALUES, hostileRegistry } from "./hostile_registry.ts";
import { ScrapedServer } from "./scraped_server.ts";

async function scraping(server: ScrapedServer, features: readonly string[]): Promise<Prometheus> {
  return await Prometheus.start({
    scrapeConfigs: `- job_name: m\n  static_configs: [{targets: ["127.0.0.1:${server.port}"]}]`,
    features,
  });
}

async function untilScraped(prometheus: Prometheus): Promise<void> {
  await until(async () => await prometheus.value('up{job="m"} == 1') === 1, {
    what: "the first good scrape",
    deadlineMs: 20_000,
    details: () => prometheus.log,
  });
}

/** Labels of a result, without those of the target. */
function ownLabels(
  { __name__: _name, job: _job, instance: _instance, ...labels }: Readonly<
    Record<string, string>
  >,
): Record<string, string> {
  return labels;
}

Deno.test("OpenMetrics as Prometheus asks for it has the samples, types, units and exemplars", async () => {
  const registry = hostileRegistry();
  const clashing = registry.counter({ name: "clash_total", help: "" });
  clashing.inc(2);
  registry.gauge({ name: "clash", help: "", merge: "max" }).set(3);
  registry.counter({ name: "unsuffixed", help: "" }).inc(4);
  registry.info({ name: "build_info", help: "Build.", labels: ["version"] }).set({ version: "1" });
  const traced = registry.counter({
    name: "traced_seconds_total",
    help: 'Traced "seconds".',
    unit: "seconds",
  });
  traced.inc(1.5, { labels: { trace_id: "ab" }, timestampMs: Date.now() });
  const waits = registry.histogram({ name: "waits", help: "", buckets: [1, 2] });
  waits.observe(1.5, { labels: { trace_id: "c" }, timestampMs: Date.now() });
  registry.summary({ name: "sizes", help: "Sizes.", quantiles: [0.5] }).observe(10);
  await using server = new ScrapedServer(registry);
  await using prometheus = await scraping(server, ["exemplar-storage"]);
  await untilScraped(prometheus);
  assertEquals(server.answers[0]!.coding, "gzip");
  assert(server.answers[0]!.type.startsWith("application/openmetrics-text; version=1.0.0;"));
  const series = await prometheus.query("c_total");
  assertEquals(
    series.map(({ metric }) => metric.a ?? "").sort(),
    HOSTILE_VALUES.map((value) => value.toWellFormed()).sort(),
  );
  const values = ["clash_total", "clash", "unsuffixed", "build_info", "sizes_sum", "waits_count"];
  assertEquals(
    await Promise.all(values.map((name) => prometheus.value(name))),
    [2, 3, 4, 1, 10, 1],
  );
  const median = await prometheus.value('sizes{quantile="0.5"}');
  assert(Math.abs(median! - 10) < 1, `the median is ${median}`);
  assertEquals(await prometheus.value('waits_bucket{le="2.0"}'), 1);
  const about = await (await fetch(`${prometheus.url}/api/v1/metadata`)).json();
  const metadata = (name: string) => {
    const { type, help, unit } = about.data[name][0];
    return [type, help, unit];
  };
  assertEquals(metadata("traced_seconds"), ["counter", 'Traced "seconds".', "seconds"]);
  assertEquals(metadata("clash_total"), ["unknown", "", ""]);
  assertEquals(metadata("build"), ["info", "Build.", ""]);
  const end = Date.now() / 1000 + 10;
  const found = await (await fetch(
    `${prometheus.url}/api/v1/query_exemplars?query={job="m"}&start=${end - 100}&end=${end}`,
  )).json();
  const exemplars = found.data.map((
    { seriesLabels, exemplars: [exemplar] }: {
      seriesLabels: Record<string, string>;
      exemplars: { labels: Record<string, string>; value: string }[];
    },
  ) => [
    seriesLabels.__name__,
    ownLabels(seriesLabels),
    exemplar!.labels,
    exemplar!.value,
  ]);
  assertEquals(exemplars.sort(), [
    ["traced_seconds_total", {}, { trace_id: "ab" }, "1.5"],
    ["waits_bucket", { le: "2.0" }, { trace_id: "c" }, "1.5"],
  ]);
});

Deno.test("protobuf as Prometheus asks for it has native histograms, and everything else", async () => {
  const registry = hostileRegistry();
  const native = registry.nativeHistogram({ name: "native_seconds", help: "N.", labels: ["a"] });
  const values = Array.from({ length: 1_000 }, (_, i) => (i + 1) / 100);
  for (const value of values) native.observe({ a: "positive" }, value);
  for (const value of [-4, -2, 0, 0, 3]) native.observe({ a: "mixed" }, value);
  native.labels({ a: "unused" });
  registry.summary({ name: "sizes", help: "Sizes.", quantiles: [0.5] }).observe(10);
  await using server = new ScrapedServer(registry);
  await using prometheus = await scraping(server, ["native-histograms"]);
  await untilScraped(prometheus);
  assertEquals(server.answers[0]!.coding, "gzip");
  assert(server.answers[0]!.type.startsWith("application/vnd.google.protobuf; proto="));
  const value = (expr: string) => prometheus.value(expr);
  assertEquals(await value('histogram_count(native_seconds{a="positive"})'), 1_000);
  const sum = await value('histogram_sum(native_seconds{a="positive"})');
  assert(Math.abs(sum! - 5_005) < 1e-6, `the sum is ${sum}`);
  for (const quantile of [0.1, 0.5, 0.9, 0.99]) {
    const found = await value(`histogram_quantile(${quantile}, native_seconds{a="positive"})`);
    const error = Math.abs(found! / (quantile * 10) - 1);
    assert(error < 0.1, `the quantile ${quantile} is ${found}`);
  }
  const below = await value('histogram_fraction(-Inf, 0, native_seconds{a="mixed"})');
  assert(Math.abs(below! - 0.6) < 0.25, `the share below 0 is ${below}`);
  assertEquals(await value('histogram_count(native_seconds{a="mixed"})'), 5);
  assertEquals(await value('histogram_sum(native_seconds{a="mixed"})'), -3);
  assertEquals(await value('histogram_count(native_seconds{a="unused"})'), 0);
  assertEquals(await value("sum(h_seconds_count)"), HOSTILE_VALUES.length);
  assertEquals(await value("count(h_seconds_bucket)"), HOSTILE_VALUES.length * 12);
  assertEquals(await value('sum(h_seconds_bucket{le="1.0"})'), 2);
  assertEquals(await value("sizes_count"), 1);
  const series = await prometheus.query("c_total");
  assertEquals(
    series.map(({ metric, value }) => [metric.a ?? "", value![1]]).sort(),
    HOSTILE_VALUES.map((value, i) => [value.toWellFormed(), String(i + 0.1)]).sort(),
  );
});
