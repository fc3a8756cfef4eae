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
    '"app_level" is taken: this node itself has a metric "app_level"',
  ]);
  await exporter.shutdown();
});
