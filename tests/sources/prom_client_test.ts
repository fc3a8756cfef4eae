import { assertEquals } from "@std/assert";
import { Counter, Gauge, Histogram, Registry as PromRegistry, Summary } from "prom-client";
import { SourcesBench } from "./text_source.ts";

Deno.test("A prom-client registry joins the shard with every type and any label value", async () => {
  const formats = [PromRegistry.PROMETHEUS_CONTENT_TYPE, PromRegistry.OPENMETRICS_CONTENT_TYPE];
  for (const contentType of formats) {
    // Its types do not know the constructor's parameter.
    const registry: PromRegistry = Reflect.construct(PromRegistry, [contentType]);
    const common = { help: 'A "help"\nof two lines.', registers: [registry] };
    const counter = new Counter({ name: "c_total", labelNames: ["a", "b"], ...common });
    const gauge = new Gauge({ name: "g", ...common });
    const histogram = new Histogram({ name: "h", buckets: [1, 2], labelNames: ["a"], ...common });
    const summary = new Summary({ name: "s", percentiles: [0.5], labelNames: ["a"], ...common });
    counter.inc({ a: 'quote " backslash \\ end', b: "line\nbreak" }, 2);
    counter.inc({ a: "only one label" });
    gauge.set(-1.5);
    histogram.observe({ a: "x" }, 0.5);
    histogram.observe({ a: "x" }, 5);
    summary.observe({ a: "x" }, 3);
    const bench = new SourcesBench();
    const source = bench.sources.add({ name: "app", registry });
    await source.poll();
    assertEquals(source.status, { isUp: true, failure: null, problems: [] });
    assertEquals(bench.shown, {
      [
        `c_total{a=${JSON.stringify('quote " backslash \\ end')},b=${
          JSON.stringify("line\nbreak")
        }}`
      ]: 2,
      'c_total{a="only one label"}': 1,
      g: -1.5,
      'h{a="x"}': [1, 0, 1, 5.5],
      's{a="x",quantile="0.5"}': 3,
      's_sum{a="x"}': 3,
      's_count{a="x"}': 1,
    });
    counter.inc({ a: "only one label" }, 4);
    registry.getSingleMetric("g")!.reset();
    histogram.reset();
    histogram.observe({ a: "x" }, 1.5);
    await source.poll();
    const { 'c_total{a="only one label"}': counted, g, 'h{a="x"}': buckets } = bench.shown;
    assertEquals([counted, g, buckets], [5, 0, [1, 1, 1, 7]]);
    await bench.sources[Symbol.asyncDispose]();
  }
});

Deno.test("A prom-client registry whose collect throws fails as a whole, and keeps what it counted", async () => {
  const registry = new PromRegistry();
  const counter = new Counter({ name: "c_total", help: "c", registers: [registry] });
  counter.inc(3);
  let isBroken = false;
  new Gauge({
    name: "g",
    help: "g",
    registers: [registry],
    collect() {
      if (isBroken) throw new Error("no database");
      this.set(1);
    },
  });
  const bench = new SourcesBench();
  const source = bench.sources.add({ name: "app", registry });
  await source.poll();
  isBroken = true;
  await source.poll();
  assertEquals(source.status.failure, "metrics() threw: Error: no database");
  assertEquals(bench.shown, { c_total: 3, g: 1 });
  await bench.sources[Symbol.asyncDispose]();
});
