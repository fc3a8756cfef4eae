import { assertEquals } from "@std/assert";
import { Counter, Gauge, Histogram, Registry as PromRegistry, Summary } from "prom-client";
import { silentLog } from "../../src/io/log.ts";
import { startMuster } from "../../src/start_muster.ts";
import { outline, parsed } from "../exposition/parser/parsed.ts";
import { until } from "../until.ts";

Deno.test("startMuster shows its sources in /metrics as the cluster's, and no document is broken by a conflict", async () => {
  const exporter = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("# TYPE queue_length gauge\nqueue_length 7\n"),
  );
  const registers = [new PromRegistry()];
  const common = { help: "h", registers };
  new Counter({ name: "app_orders_total", labelNames: ["plan"], ...common }).inc({ plan: "a" }, 3);
  new Gauge({ name: "app_level", ...common }).set(2);
  new Histogram({ name: "app_seconds", buckets: [1], ...common }).observe(0.5);
  new Summary({ name: "app_size", percentiles: [0.5], ...common }).observe(4);
  await using muster = await startMuster({
    log: silentLog,
    settings: {
      METRICS_PORT: "0",
      METRICS_LISTEN_HOST: "127.0.0.1",
      METRICS_SOURCES: `sidecar=http://127.0.0.1:${exporter.addr.port}/metrics`,
      POD_NAME: "pod-1",
    },
  });
  // The node's own, and of another type than the source's.
  muster.registry.counter({ name: "app_level", help: "h" }).inc(9);
  const source = muster.addSource({ name: "app", registry: registers[0]! });
  await source.poll();
  const scraped = async () => {
    const response = await fetch(`http://127.0.0.1:${muster.opsAddress.port}/metrics`);
    const text = await response.text();
    return response.ok ? outline(parsed(text)).filter((line) => !line.includes("muster_")) : [];
  };
  await until(async () => (await scraped()).includes('  value{node="pod-1"} 7'), {
    what: "the exporter's gauge",
  });
  const lines = await scraped();
  const after = (family: string) => lines[lines.indexOf(family) + 1];
  assertEquals(after("counter app_orders_total h"), '  value{plan="a"} 3');
  assertEquals(after("histogram app_seconds h"), "  bucket@1{} 1");
  assertEquals(after("gauge app_size h"), '  value{quantile="0.5",node="pod-1"} 4');
  assertEquals(after("counter app_size_count h"), "  value{} 1");
  assertEquals(after("gauge queue_length"), '  value{node="pod-1"} 7');
  assertEquals(after("counter app_level h"), "  value{} 9");
  assertEquals(source.status.problems, [
    '"app_level" is taken: this node itself has a metric "app_level": give the source a prefix',
  ]);
  await exporter.shutdown();
});

Deno.test("METRICS_CONSTANT_LABELS, METRICS_DROP, METRICS_DROP_LABELS and METRICS_RENAME change every metric", async () => {
  await using muster = await startMuster({
    log: silentLog,
    settings: {
      METRICS_PORT: "0",
      METRICS_LISTEN_HOST: "127.0.0.1",
      METRICS_CONSTANT_LABELS: "env=prod,region=eu",
      METRICS_DROP: "*_seconds,app_noise,muster_shard_*",
      METRICS_DROP_LABELS: "customer",
      METRICS_RENAME: "old_total=new_total,app_old=app_new",
    },
  });
  const orders = muster.registry.counter({ name: "old_total", help: "h", labels: ["customer"] });
  orders.inc({ customer: "a" });
  orders.inc({ customer: "b" });
  muster.registry.counter({ name: "jobs_total", help: "h", labels: ["region"] })
    .inc({ region: "us" });
  muster.registry.gauge({ name: "age_seconds", help: "h" }).set(1);
  const text = 'app_old{env="test"} 1\napp_noise 1\n';
  await muster.addSource({ name: "app", registry: { metrics: () => text } }).poll();
  const url = `http://127.0.0.1:${muster.opsAddress.port}/metrics`;
  const shown = (await (await fetch(url)).text()).split("\n");
  const of = (name: string) => shown.filter((line) => line.startsWith(name));
  assertEquals(of("new_total"), ['new_total{env="prod",region="eu"} 2']);
  assertEquals(of("jobs_total"), ['jobs_total{env="prod",region="us"} 1']);
  assertEquals(of("app_new").map((line) => line.replace(/,node="[^"]*"/, "")), [
    'app_new{env="prod",exported_env="test",region="eu"} 1',
  ]);
  const isLabelled = (line: string) => line.includes('env="prod"') && line.includes('region="');
  assertEquals(shown.filter((line) => line !== "" && line[0] !== "#" && !isLabelled(line)), []);
  assertEquals(["old_total", "age_seconds", "app_noise", "app_old", "muster_shard_"].map(of), [
    [],
    [],
    [],
    [],
    [],
  ]);
});
