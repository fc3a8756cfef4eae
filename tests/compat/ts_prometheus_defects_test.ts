import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { Counter, Gauge, Histogram, Registry, Summary } from "../../src/compat/ts_prometheus.ts";
import { parsed } from "../exposition/parser/parsed.ts";
import { parseText } from "../exposition/strict_text_parser.ts";

// One test for each defect that was found in the library whose surface this is.

/** The samples of a registry, read strictly: name and labels, and the value. */
function samples(registry: Registry): Record<string, number> {
  return Object.fromEntries(
    parseText(registry.metrics()).flatMap((family) => family.samples)
      .map(({ name, labels, value }) => [
        name + JSON.stringify(Object.fromEntries(labels)),
        value,
      ]),
  );
}

Deno.test("1: label values are escaped, and can't inject a series", () => {
  const registry = new Registry();
  const counter = Counter.with({ name: "c_total", help: "", labels: ["p"], registry });
  for (const p of ['a"b\\c\nd', 'x"} 1\ninjected_metric{z="']) counter.labels({ p }).inc();
  assertEquals(samples(registry), {
    [`c_total${JSON.stringify({ p: 'a"b\\c\nd' })}`]: 1,
    [`c_total${JSON.stringify({ p: 'x"} 1\ninjected_metric{z="' })}`]: 1,
  });
});

Deno.test("2: label sets that look alike as text are different series", () => {
  const registry = new Registry();
  const counter = Counter.with({ name: "c_total", help: "", labels: ["a", "b"], registry });
  counter.labels({ a: 'x",b="y', b: "" }).inc();
  counter.labels({ a: "x", b: "y" }).inc();
  assertEquals(Object.values(samples(registry)), [1, 1]);
});

Deno.test("3: a newline in the help text is escaped", () => {
  const registry = new Registry();
  Counter.with({ name: "c_total", help: "one\ntwo \\ three", registry });
  assert(registry.metrics().startsWith("# HELP c_total one\\ntwo \\\\ three\n# TYPE"));
  assertEquals(parsed(registry.metrics())[0]!.help, "one\ntwo \\ three");
});

Deno.test("4: there is no blank line between families", () => {
  const registry = new Registry();
  assertEquals(registry.metrics(), "");
  Counter.with({ name: "a_total", help: "", registry });
  Counter.with({ name: "b_total", help: "", registry });
  assert(!registry.metrics().includes("\n\n"));
});

Deno.test("5: the caller's buckets are left alone, and may be shared", () => {
  const registry = new Registry();
  const buckets = [5, 1];
  for (const name of ["h1", "h2"]) {
    Histogram.with({ name, help: "", buckets, registry }).observe(2);
  }
  assertEquals(buckets, [5, 1]);
  assertEquals(
    registry.metrics().split("\n").filter((line) => line.startsWith("h1_bucket")),
    ['h1_bucket{le="1.0"} 0', 'h1_bucket{le="5.0"} 1', 'h1_bucket{le="+Inf"} 1'],
  );
});

Deno.test("6: a label value that says Infinity stays as it is", () => {
  const registry = new Registry();
  const histogram = Histogram.with({ name: "h", help: "", labels: ["p"], buckets: [1], registry });
  histogram.labels({ p: "/Infinity/x" }).observe(2);
  assertEquals(samples(registry), {
    'h_bucket{"p":"/Infinity/x","le":"1.0"}': 0,
    'h_bucket{"p":"/Infinity/x","le":"+Inf"}': 1,
    'h_sum{"p":"/Infinity/x"}': 2,
    'h_count{"p":"/Infinity/x"}': 1,
  });
});

Deno.test("7: observing NaN is refused and changes nothing", () => {
  const registry = new Registry();
  const histogram = Histogram.with({ name: "h", help: "", buckets: [1], registry });
  histogram.observe(0.5);
  const before = registry.metrics();
  assertThrows(() => histogram.observe(NaN), RangeError);
  assertEquals(registry.metrics(), before);
});

/** The quantiles that a registry shows for a summary named s. */
function quantiles(registry: Registry): number[] {
  return parsed(registry.metrics()).flatMap((family) => family.samples)
    .filter(({ role }) => role === "quantile").map(({ value }) => value);
}

Deno.test("8: the age of values counts for a summary with labels, too", () => {
  const registry = new Registry();
  let nowMs = 0;
  const s = Summary.with({
    name: "s",
    help: "",
    labels: ["a"],
    quantiles: [0.5, 1],
    maxAge: 1_000,
    ageBuckets: 2,
    nowMs: () => nowMs,
    registry,
  });
  for (let i = 0; i < 1_000; i++) s.labels({ a: "x" }).observe(1_000);
  nowMs = 2_000;
  s.labels({ a: "x" }).observe(1);
  const shown = quantiles(registry);
  assertEquals(shown.length, 2);
  for (const quantile of shown) assertAlmostEquals(quantile, 1, 0.011);
});

Deno.test("9: a summary whose values are all too old is still shown, and so is everything else", () => {
  const registry = new Registry();
  let nowMs = 0;
  const s = Summary.with({
    name: "s",
    help: "",
    quantiles: [0.5],
    maxAge: 100,
    nowMs: () => nowMs,
    registry,
  });
  Gauge.with({ name: "g", help: "", registry }).set(1);
  s.observe(5);
  nowMs = 1_000;
  for (let scrape = 0; scrape < 2; scrape++) {
    const families = parsed(registry.metrics());
    assertEquals(families.map(({ name }) => name), ["g", "s"]);
    assertEquals(families[1]!.samples.at(-1)!.value, 1);
    assert(quantiles(registry).every(Number.isNaN));
  }
});

Deno.test("10: a summary keeps all its values while they are not too old", () => {
  const registry = new Registry();
  const s = Summary.with({ name: "s", help: "", quantiles: [0, 1], ageBuckets: 5, registry });
  for (const value of [1, 2, 3, 4]) s.observe(value);
  const [least, greatest] = quantiles(registry);
  assertAlmostEquals(least!, 1, 0.011);
  assertAlmostEquals(greatest!, 4, 0.044);
});

Deno.test("11: a summary's sum and count never decrease", () => {
  const registry = new Registry();
  let nowMs = 0;
  const s = Summary.with({ name: "s", help: "", maxAge: 100, nowMs: () => nowMs, registry });
  for (let i = 0; i < 10; i++) s.observe(2);
  nowMs = 1_000;
  s.observe(3);
  assertEquals([s.getSum(), s.getCount()], [23, 11]);
  const counts = parsed(registry.metrics())[0]!.samples.filter(({ role }) => role !== "quantile");
  assertEquals(counts.map(({ value }) => value), [23, 11]);
});

Deno.test("12: a summary's size does not grow with the number of its values", () => {
  const s = Summary.with({ name: "s", help: "", registry: new Registry() });
  for (let i = 0; i < 100_000; i++) s.observe(0.001 * (i % 10_000));
  assertEquals(s.getCount(), 100_000);
  assert(s.publish().cellCount < 2_000, `${s.publish().cellCount} cells`);
});

Deno.test("13: a series is there with 0 before it is first used, and a metric with its type", () => {
  const registry = new Registry();
  Counter.with({ name: "plain_total", help: "", registry });
  Counter.with({ name: "c_total", help: "", labels: ["a"], registry }).labels({ a: "x" });
  Histogram.with({ name: "h", help: "", labels: ["a"], registry });
  assertEquals(samples(registry), { "plain_total{}": 0, 'c_total{"a":"x"}': 0 });
  assert(registry.metrics().includes("# TYPE h histogram\n"));
});

Deno.test("14: incrementing by NaN, Infinity or less than 0 is refused and changes nothing", () => {
  const counter = Counter.with({ name: "c_total", help: "", registry: new Registry() });
  counter.inc(2);
  for (const n of [NaN, Infinity, -1]) assertThrows(() => counter.inc(n), RangeError);
  assertEquals(counter.value(), 2);
});

Deno.test("15: labels that the format keeps for itself are refused", () => {
  const registry = new Registry();
  const refused = (make: () => unknown) => assertThrows(make, TypeError, "label");
  refused(() => Histogram.with({ name: "h", help: "", labels: ["le"], registry }));
  refused(() => Counter.with({ name: "c_total", help: "", labels: ["__name__"], registry }));
  refused(() => Counter.with({ name: "c_total", help: "", labels: ["a", "a"], registry }));
  assertEquals(registry.metrics(), "");
});

Deno.test("16: no two metrics of a registry share the name of a sample", () => {
  const registry = new Registry();
  Histogram.with({ name: "x", help: "", registry });
  assertThrows(
    () => Counter.with({ name: "x_count", help: "", registry }),
    TypeError,
    'its sample name "x_count" must not be in use: "x" is registered already',
  );
});

Deno.test("17: a label whose value is falsy is a label, and one that is missing is an error", () => {
  const registry = new Registry();
  const counter = Counter.with({ name: "c_total", help: "", labels: ["code"], registry });
  counter.labels({ code: 0 }).inc();
  counter.labels({ code: "" }).inc(2);
  assertThrows(() => counter.labels({}), TypeError, 'label "code" must be');
  assertThrows(() => counter.labels({ code: 1, more: 2 }), TypeError, "received also");
  assertThrows(() => counter.inc(), TypeError, "call labels({ code }) first");
  assertEquals(samples(registry), { 'c_total{"code":"0"}': 1, 'c_total{"code":""}': 2 });
});

Deno.test("18: labels() makes nothing new for a series that is there", () => {
  const counter = Counter.with({
    name: "c_total",
    help: "",
    labels: ["a"],
    registry: new Registry(),
  });
  assertStrictEquals(counter.labels({ a: "x" }), counter.labels({ a: "x" }));
});

Deno.test("19: a series, a metric and a registry can be emptied", () => {
  const registry = new Registry();
  const gauge = Gauge.with({ name: "g", help: "", labels: ["a"], registry });
  for (const a of ["x", "y", "z"]) gauge.labels({ a }).set(1);
  assertEquals([gauge.remove({ a: "x" }), gauge.remove({ a: "x" })], [true, false]);
  assertEquals(samples(registry), { 'g{"a":"y"}': 1, 'g{"a":"z"}': 1 });
  gauge.clear();
  assertEquals(samples(registry), {});
  registry.unregister(gauge);
  assertEquals(registry.metrics(), "");
  Counter.with({ name: "g", help: "", registry });
  registry.clear();
  assertEquals(registry.metrics(), "");
  Gauge.with({ name: "g", help: "", registry });
});

Deno.test("20: a metric that one registry refuses is in none", () => {
  const first = new Registry();
  const second = new Registry();
  Gauge.with({ name: "x", help: "", registry: [second] });
  assertThrows(() => Counter.with({ name: "x", help: "", registry: [first, second] }), TypeError);
  assertEquals(first.metrics(), "");
  Counter.with({ name: "x", help: "", registry: [first] });
});

Deno.test("21: histograms have default buckets, and the registry its media type", () => {
  const registry = new Registry();
  Histogram.with({ name: "h", help: "", registry }).observe(0.3);
  assertEquals(parsed(registry.metrics())[0]!.samples.length, 12 + 2);
  assert(registry.contentType.startsWith("text/plain; version=0.0.4"));
});

Deno.test("19: a series that was kept comes back when it is used, and can be emptied again", () => {
  const registry = new Registry();
  const gauge = Gauge.with({ name: "g", help: "", labels: ["a"], registry });
  const counter = Counter.with({ name: "c", help: "", labels: ["a"], registry });
  const [level, count] = [gauge.labels({ a: "x" }), counter.labels({ a: "x" })];
  for (const turn of [1, 2, 3]) {
    level.set(0);
    count.inc();
    assertEquals(samples(registry), { 'c{"a":"x"}': turn, 'g{"a":"x"}': 0 });
    assertEquals([gauge.remove({ a: "x" }), counter.remove({ a: "x" })], [true, true]);
    assertEquals(samples(registry), {});
  }
});
