import { assertEquals } from "@std/assert";
import { MergedExemplars } from "../../src/http/merged_exemplars.ts";
import { Pacer } from "../../src/http/pacer.ts";
import { TextRenderer } from "../../src/exposition/text.ts";
import { systemClock } from "../../src/io/clock.ts";
import { Merger } from "../../src/metrics/merge/merger.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { parseOpenMetrics, type Sample } from "../exposition/strict_text_parser.ts";
import { rendered } from "../exposition/rendered.ts";
import { contribution } from "../metrics/merge/exposed.ts";

/** The samples with exemplars of a merge of `own` with others, as `name{le} labels: trace`. */
class Fixture {
  readonly own = new Registry();
  readonly #others: Registry[] = [];
  /** Whether the others' exemplars are known too. */
  isTold = false;
  readonly #merger = new Merger();
  readonly #exemplars = new MergedExemplars();

  other(): Registry {
    const registry = new Registry();
    this.#others.push(registry);
    return registry;
  }

  async traced(): Promise<string[]> {
    // The first by incarnation comes first, so that the own series' numbers differ when merged.
    const others = this.#others.map((registry, i) => contribution(`a${i}`, registry));
    const merged = this.#merger.merge([...others, contribution("b", this.own)]);
    const pacer = new Pacer(systemClock);
    const told = this.isTold ? this.#others.map(({ shard }) => shard) : [];
    const exemplars = await this.#exemplars.of([this.own.shard, ...told], merged.layout, pacer);
    const renderer = new TextRenderer({
      syntax: "openmetrics",
      escaping: "underscores",
      hasCreated: false,
    });
    const families = parseOpenMetrics(rendered({ ...merged, exemplars }, renderer));
    return families.flatMap(({ samples }) => samples).flatMap((sample) => {
      return sample.exemplar === null ? [] : [described(sample)];
    }).sort();
  }
}

function described({ name, labels, exemplar }: Sample): string {
  const pairs = [...labels].map(([label, value]) => `${label}=${value}`).sort().join();
  return `${name} ${pairs}: ${exemplar!.labels.get("t")}`;
}

Deno.test("MergedExemplars puts exemplars on the merged series with the same name and labels", async () => {
  const fixture = new Fixture();
  const labels = ["x", "a"] as const;
  const others = fixture.other().counter({ name: "c_total", help: "", labels: ["a", "x"] });
  for (let i = 0; i < 50; i++) others.inc({ a: i, x: 1 });
  const counter = fixture.own.counter({ name: "c_total", help: "", labels });
  fixture.own.counter({ name: "plain_total", help: "" }).inc(1, { labels: { t: "p" } });
  counter.inc({ a: 7, x: 1 }, 1, { labels: { t: "first" } });
  counter.inc({ a: "own", x: 2 }, 1, { labels: { t: "second" } });
  assertEquals(await fixture.traced(), [
    "c_total a=7,x=1: first",
    "c_total a=own,x=2: second",
    "plain_total : p",
  ]);
  counter.inc({ a: "own", x: 2 }, 1, { labels: { t: "third" } });
  fixture.other().counter({ name: "d_total", help: "" });
  assertEquals((await fixture.traced())[1], "c_total a=own,x=2: third");
});

Deno.test("MergedExemplars puts an exemplar into the bucket that has its value, whoever else has bounds", async () => {
  const fixture = new Fixture();
  fixture.other().histogram({ name: "h", help: "", buckets: [1, 2, 3] }).observe(1);
  const own = fixture.own.histogram({ name: "h", help: "", buckets: [1, 5] });
  own.observe(1.5, { labels: { t: "a" } });
  own.observe(100, { labels: { t: "b" } });
  own.observe(0.5, { labels: { t: "c" }, value: 40 });
  assertEquals(await fixture.traced(), [
    "h_bucket le=+Inf: b",
    "h_bucket le=1.0: c",
    "h_bucket le=2.0: a",
  ]);
});

Deno.test("MergedExemplars places the exemplars of native histograms, and none where there are none", async () => {
  const own = new Registry();
  const native = own.nativeHistogram({ name: "n", help: "" });
  const merger = new Merger();
  const finder = new MergedExemplars();
  const pacer = new Pacer(systemClock);
  const merge = () => merger.merge([contribution("a", own)]).layout;
  assertEquals((await finder.of([own.shard], merge(), pacer)).size, 0);
  native.observe(3, { labels: { t: "a" } });
  native.observe(-3, { labels: { t: "b" } });
  native.observe(0, { labels: { t: "c" } });
  const layout = merge();
  const placed = await finder.of([own.shard], layout, pacer);
  const found = Array.from({ length: layout.binCount }, (_, bin) => layout.binAt(bin))
    .map(({ sign, cell }) => [sign, placed.get(cell)?.labels.t]);
  assertEquals(found, [[0, "c"], [1, "a"], [-1, "b"]]);
});

Deno.test("MergedExemplars shows the newest of several nodes' exemplars, by the buckets that all have", async () => {
  const fixture = new Fixture();
  fixture.isTold = true;
  const other = fixture.other().histogram({ name: "h", help: "", buckets: [1, 2, 3] });
  const own = fixture.own.histogram({ name: "h", help: "", buckets: [1, 5] });
  own.observe(0.5, { labels: { t: "old" }, timestampMs: 1 });
  other.observe(0.7, { labels: { t: "new" }, timestampMs: 2 });
  own.observe(1.5, { labels: { t: "later" }, timestampMs: 9 });
  other.observe(1.6, { labels: { t: "earlier" }, timestampMs: 8 });
  other.observe(2.5, { labels: { t: "alone" }, timestampMs: 0 });
  assertEquals(await fixture.traced(), [
    "h_bucket le=1.0: new",
    "h_bucket le=2.0: later",
    "h_bucket le=3.0: alone",
  ]);
});

Deno.test("MergedExemplars finds the series of one with an empty label", async () => {
  const fixture = new Fixture();
  const counter = fixture.own.counter({ name: "c_total", help: "", labels: ["a", "b"] });
  counter.inc({ a: "x", b: "" }, 1, { labels: { t: "1" }, timestampMs: 1 });
  assertEquals(await fixture.traced(), ["c_total a=x: 1"]);
});

Deno.test("MergedExemplars takes no exemplar of a cell that can't have one", async () => {
  const own = new Registry();
  own.gauge({ name: "g", help: "" });
  own.histogram({ name: "h", help: "", buckets: [1] });
  own.summary({ name: "s", help: "" });
  own.counter({ name: "c_total", help: "" });
  const { layout, cellCount } = own.shard;
  const exemplar = { labels: { t: "x" }, value: 0, timestampMs: 1 };
  const exemplars = Array.from({ length: cellCount + 5 }, (_, cell) => [cell, exemplar] as const);
  const merged = new Merger().merge([contribution("a", own)]).layout;
  const placed = await new MergedExemplars().of(
    [{ layout, exemplars }],
    merged,
    new Pacer(systemClock),
  );
  const shown = [...Array(100).keys()].filter((cell) => placed.get(cell) !== undefined);
  const names = shown.map((cell) => {
    const { series } = merged.ownerOf(cell)!;
    return merged.families[merged.familyOf(series)]!.name;
  });
  // A histogram's two buckets, and not its sum.
  assertEquals(names.sort(), ["c_total", "h", "h"]);
});
