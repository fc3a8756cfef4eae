import { assertAlmostEquals, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Counter, Gauge, Histogram, Registry, Summary } from "@muster/muster/ts-prometheus";
import type { Dec, Inc, Observe, Set, Value } from "@muster/muster/ts-prometheus";
import { received } from "../../src/metrics/received.ts";
import { parsed } from "../exposition/parser/parsed.ts";
import { SourcesBench } from "../sources/text_source.ts";

Deno.test("What ts_prometheus's README shows runs with only the import changed", () => {
  const counter = Counter.with({
    name: "http_requests_total",
    help: "The total number of HTTP requests.",
    labels: ["method", "status"],
  });
  const created = counter.labels({ method: "GET", status: "201" });
  created.inc();
  created.inc(42);
  const gauge = Gauge.with({
    name: "cpu_time_usage",
    help: "The CPU time usage.",
    labels: ["mode"],
  });
  const idle = gauge.labels({ mode: "idle" });
  idle.set(0);
  idle.inc();
  idle.inc(42);
  idle.dec();
  idle.dec(3.14);
  const histogram = Histogram.with({
    name: "http_requests_duration",
    help: "A histogram of the requests duration.",
    labels: ["route"],
    buckets: [.05, .1, .2, .5, 1, 3],
  });
  const root = histogram.labels({ route: "/" });
  root.observe(.42);
  root.observe(.58);
  assertEquals([created.value(), idle.value()], [43, 38.86]);
  assertEquals(
    Registry.default.metrics(),
    `# HELP cpu_time_usage The CPU time usage.
# TYPE cpu_time_usage gauge
cpu_time_usage{mode="idle"} 38.86
# HELP http_requests_duration A histogram of the requests duration.
# TYPE http_requests_duration histogram
http_requests_duration_bucket{route="/",le="0.05"} 0
http_requests_duration_bucket{route="/",le="0.1"} 0
http_requests_duration_bucket{route="/",le="0.2"} 0
http_requests_duration_bucket{route="/",le="0.5"} 1
http_requests_duration_bucket{route="/",le="1.0"} 2
http_requests_duration_bucket{route="/",le="3.0"} 2
http_requests_duration_bucket{route="/",le="+Inf"} 2
http_requests_duration_sum{route="/"} 1
http_requests_duration_count{route="/"} 2
# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="GET",status="201"} 43
`,
  );
  Registry.default.clear();
});

Deno.test("A summary shows quantiles within 1 %, its count and its sum, as ts_prometheus's example does", () => {
  const registry = new Registry();
  const summary = Summary.with({
    name: "http_response_size",
    help: "A summary of the response size.",
    quantiles: [.25, .5, .75, 1],
    registry,
  });
  for (const size of [1, 1, 2, 3, 5, 8, 13, 21, 34, 55]) summary.observe(size);
  const [family] = parsed(registry.metrics());
  const shown = family!.samples.map(({ role, threshold, value }) => [role, threshold, value]);
  assertEquals(shown.slice(4), [["sum", NaN, 143], ["count", NaN, 10]]);
  [[.25, 2], [.5, 5], [.75, 21], [1, 55]].forEach(([quantile, expected], i) => {
    assertEquals(shown[i]!.slice(0, 2), ["quantile", quantile!]);
    assertAlmostEquals(shown[i]![2] as number, expected!, expected! * 0.011);
  });
  assertEquals([summary.getCount(), summary.getSum()], [10, 143]);
});

Deno.test("Registry.default is one registry, and a metric may be in several", () => {
  assertStrictEquals(Registry.default, Registry.default);
  const [a, b] = [new Registry(), new Registry()];
  const gauge = Gauge.with({ name: "g", help: "", registry: [a, b, a] });
  gauge.set(3);
  gauge.inc(-1);
  assertEquals(a.metrics(), "# TYPE g gauge\ng 2\n");
  assertEquals(b.metrics(), a.metrics());
  a.unregister(gauge);
  a.unregister(gauge);
  assertEquals([a.metrics(), b.metrics().length > 0], ["", true]);
});

Deno.test("A registry of this surface joins the node's metrics as a source", async () => {
  const registry = new Registry();
  Counter.with({ name: "c_total", help: "", labels: ["a"], registry }).labels({ a: "x" }).inc(4);
  const bench = new SourcesBench();
  await bench.sources.add({ name: "app", registry }).poll();
  assertEquals(bench.shown, { 'c_total{a="x"}': 4 });
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("What can be done with a series has its type, as in ts_prometheus", () => {
  const registry = new Registry();
  const up = (what: Inc & Value) => (what.inc(), what.inc(2), what.value());
  const down = (what: Dec & Set & Value) => (what.set(5), what.dec(), what.value());
  const observe = (what: Observe) => what.observe(1);
  assertEquals(up(Counter.with({ name: "c_total", help: "", registry })), 3);
  assertEquals(down(Gauge.with({ name: "g", help: "", registry })), 4);
  observe(Histogram.with({ name: "h", help: "", registry }));
  observe(Summary.with({ name: "s", help: "", registry }));
});

Deno.test("Registry.default can be set: metrics made from then on are in the new one", () => {
  const before = Registry.default;
  const counter = Counter.with({ name: "same_total", help: "" });
  try {
    Registry.default = new Registry();
    Counter.with({ name: "same_total", help: "" }).inc();
    assertEquals(Registry.default.metrics(), "# TYPE same_total counter\nsame_total 1\n");
    assertEquals(before.metrics(), "# TYPE same_total counter\nsame_total 0\n");
    assertThrows(
      () => Registry.default = {} as Registry,
      TypeError,
      "Cannot set Registry.default: it must be a Registry: received {}",
    );
  } finally {
    Registry.default = before;
    before.unregister(counter);
  }
});

Deno.test("expose gives a metric's samples alone, as lines of text", () => {
  const registry = new Registry();
  const counter = Counter.with({ name: "c_total", help: "C.", labels: ["a"], registry });
  Gauge.with({ name: "g", help: "G.", registry });
  assertEquals(counter.expose(), "");
  counter.labels({ a: "x" }).inc();
  counter.labels({ a: "\r# y" }).inc(2);
  assertEquals(counter.expose(), 'c_total{a="x"} 1\nc_total{a="\r# y"} 2\n');
});

Deno.test("A histogram that would be its sum and count alone is refused, with what shows these", () => {
  const registry = new Registry();
  for (const buckets of [[], [Infinity]]) {
    assertThrows(
      () => Histogram.with({ name: "h", help: "", buckets, registry }),
      TypeError,
      'Cannot register "h": buckets must have a finite bound: received ' +
        `${received(buckets)}: for sum and count alone, use Summary.with({ quantiles: [] })`,
    );
  }
  const summary = Summary.with({ name: "h", help: "", quantiles: [], registry });
  summary.observe(2);
  assertEquals(registry.metrics(), "# TYPE h summary\nh_sum 2\nh_count 1\n");
});

Deno.test("Errors name options as their caller wrote them", () => {
  const registry = new Registry();
  const refused = (make: () => unknown, message: string) => assertThrows(make, TypeError, message);
  const any = (value: unknown) => value as number;
  const of = { name: "m", help: "", registry };
  const age =
    'Cannot register "m": maxAge must be a finite number of milliseconds above 0: received ';
  refused(() => Summary.with({ ...of, maxAge: 0 }), age + "0");
  refused(() => Summary.with({ ...of, maxAge: NaN }), age + "NaN");
  refused(() => Summary.with({ ...of, maxAge: any("1m") }), age + '"1m"');
  const ageBuckets = "ageBuckets must be an integer from 1 to 100: received ";
  refused(() => Summary.with({ ...of, ageBuckets: any("x") }), ageBuckets + '"x"');
  refused(() => Summary.with({ ...of, quantiles: any(5) as never }), "quantiles must be a list");
  refused(() => Histogram.with({ ...of, buckets: any(5) as never }), "buckets must have a finite");
  assertEquals(registry.metrics(), "");
});
