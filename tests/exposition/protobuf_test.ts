import { assert, assertEquals } from "@std/assert";
import { ProtobufRenderer } from "../../src/exposition/protobuf.ts";
import type { RenderSource } from "../../src/exposition/render_source.ts";
import { TextRenderer } from "../../src/exposition/text.ts";
import { binIndex } from "../../src/metrics/bin.ts";
import { PAGE_CELLS } from "../../src/metrics/cells.ts";
import { Layout } from "../../src/metrics/layout.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { CREATED_MS, everyType, FAMILY, OBSERVED, SCHEMA } from "./every_type.ts";
import { hostileRegistry } from "./hostile_registry.ts";
import { parseProtobuf, type ProtoFamily } from "./parsed_proto.ts";
import { joined, rendered } from "./rendered.ts";
import { parseText, seriesKey } from "./strict_text_parser.ts";

function parsed(
  source: RenderSource | readonly RenderSource[],
  only: ReadonlySet<string> | null = null,
): ProtoFamily[] {
  return parseProtobuf(joined(new ProtobufRenderer("underscores").render(source, only)));
}

function familyOf(name: string): ProtoFamily {
  return parsed(everyType()).find((family) => family.name === name)!;
}

Deno.test("ProtobufRenderer names families as the text format does, sorted, with types and units", () => {
  assertEquals(parsed(everyType()).map(({ name, type, unit }) => [name, type, unit]), [
    ["below", 4, ""],
    ["build_info", 1, ""],
    ["native_seconds", 4, "seconds"],
    ["orders_total", 0, ""],
    ["phase", 1, ""],
    ["size", 2, ""],
    ["size_bytes", 1, "bytes"],
    ["unsuffixed", 0, ""],
    ["wait_seconds", 4, "seconds"],
  ]);
  assertEquals(familyOf("orders_total").help, 'Orders, "all"\\.');
});

Deno.test("ProtobufRenderer writes counters with exemplars and the time of making", () => {
  assertEquals(familyOf("orders_total").metrics, [
    {
      labels: { plan: "pro" },
      value: 3,
      createdMs: CREATED_MS,
      exemplar: {
        labels: { trace_id: "abc", span_id: 'd"e' },
        value: 1,
        timestampMs: 1_700_000_000_123,
      },
    },
    { labels: { plan: "free" }, value: 0.5, createdMs: CREATED_MS },
  ]);
});

Deno.test("ProtobufRenderer writes histograms with fixed bounds, their counts cumulative", () => {
  const { histogram } = familyOf("wait_seconds").metrics[0]!;
  assertEquals(histogram!.buckets, [
    [1, 0.1, null],
    [3, 1, { labels: { trace_id: "é" }, value: 0.5, timestampMs: null }],
    [6, Infinity, null],
  ]);
  const { count, sum, createdMs, schema } = histogram!;
  assertEquals([count, sum, createdMs, schema], [6, 9.5, CREATED_MS, NaN]);
});

Deno.test("ProtobufRenderer writes native histograms with their bins and no buckets", () => {
  const { histogram } = familyOf("native_seconds").metrics[0]!;
  const bins = (sign: number) => {
    const counts = new Map<number, number>();
    for (const value of OBSERVED.filter((value) => Math.sign(value) === sign)) {
      const index = binIndex(Math.abs(value), SCHEMA);
      counts.set(index, (counts.get(index) ?? 0) + 1);
    }
    return new Map([...counts].sort(([a], [b]) => a - b));
  };
  assertEquals(histogram, {
    count: OBSERVED.length,
    sum: OBSERVED.reduce((sum, value) => sum + value, 0),
    buckets: [],
    createdMs: CREATED_MS,
    schema: SCHEMA,
    zeroThreshold: 2 ** -128,
    zeroCount: 1,
    negative: bins(-1),
    positive: bins(1),
    exemplars: [],
  });
});

Deno.test("ProtobufRenderer marks a native histogram without observations as one", () => {
  const layout = new Layout();
  const number = layout.addFamily({ ...FAMILY, type: "native_histogram", merge: "add" });
  layout.addSeries(number, [], 0);
  const { histogram } = parsed({ layout, pages: [] })[0]!.metrics[0]!;
  assertEquals([histogram!.count, histogram!.sum, histogram!.zeroThreshold], [0, 0, 2 ** -128]);
  assertEquals([histogram!.positive.size, histogram!.negative.size], [0, 0]);
});

Deno.test("ProtobufRenderer writes the exemplars of a native histogram that tell their time", () => {
  const source = everyType();
  const { layout } = source;
  const family = layout.families.findIndex(({ name }) => name === "native_seconds");
  const bins = Array.from({ length: layout.binCount }, (_, bin) => layout.binAt(bin))
    .filter((bin) => layout.familyOf(bin.series) === family);
  const known = new Map([
    [bins[1]!.cell, { labels: { trace_id: "a" }, value: 0.5, timestampMs: 1_500 }],
    [bins[2]!.cell, { labels: { trace_id: "b" }, value: 1, timestampMs: 0 }],
  ]);
  const { metrics } = parsed({ ...source, exemplars: known })
    .find(({ name }) => name === "native_seconds")!;
  assertEquals(metrics[0]!.histogram!.exemplars, [
    { labels: { trace_id: "a" }, value: 0.5, timestampMs: 1_500 },
  ]);
});

Deno.test("ProtobufRenderer writes summaries with their quantiles", () => {
  const [first, unused] = familyOf("size").metrics;
  const { count, sum, quantiles, createdMs } = first!.summary!;
  assertEquals([count, sum, createdMs], [7, 103.5, CREATED_MS]);
  assertEquals(quantiles.map(([quantile]) => quantile), [0, 0.5, 0.99, 1]);
  const error = Math.abs(quantiles[2]![1] / 100 - 1);
  assert(error < 0.05, `0.99 is ${quantiles[2]![1]}`);
  assertEquals(unused!.summary!.quantiles.map(([, value]) => value), [NaN, NaN, NaN, NaN]);
});

Deno.test("ProtobufRenderer writes the samples that the text format has, whatever their labels", () => {
  const { shard } = hostileRegistry();
  const text = parseText(rendered(shard)).flatMap(({ samples }) => samples)
    .map(({ name, labels, value }) => `${seriesKey(name, labels)} ${value}`);
  const bound = (le: number) => le === Infinity ? "+Inf" : String(le);
  const proto = parsed(shard).flatMap(({ name, metrics }) =>
    metrics.flatMap(({ labels, value, histogram }) => {
      const key = (suffix: string, more: Record<string, string> = {}) =>
        seriesKey(name + suffix, new Map(Object.entries({ ...labels, ...more })));
      if (histogram === undefined) return [`${key("")} ${value}`];
      return [
        ...histogram.buckets.map(([count, le]) => {
          const text = Number.isInteger(le) ? `${le}.0` : bound(le);
          return `${key("_bucket", { le: text })} ${count}`;
        }),
        `${key("_sum")} ${histogram.sum}`,
        `${key("_count")} ${histogram.count}`,
      ];
    })
  );
  assertEquals(proto.sort(), text.sort());
});

Deno.test("ProtobufRenderer escapes names, and picks families by any of their names", () => {
  const layout = new Layout();
  layout.addSeries(layout.addFamily({ ...FAMILY, name: "a.b", labelNames: ["c.d"] }), ["x"], 0);
  layout.addSeries(layout.addFamily({ ...FAMILY, name: "b" }), [], 1);
  const [family] = parsed({ layout, pages: [] });
  assertEquals([family!.name, family!.metrics[0]!.labels], ["a_b", { c_d: "x" }]);
  const names = (only: string) =>
    parsed({ layout, pages: [] }, new Set([only])).map(({ name }) => name);
  assertEquals([names("a.b"), names("a_b"), names("b"), names("c")], [["a_b"], ["a_b"], ["b"], []]);
});

Deno.test("ProtobufRenderer leaves out what is hidden, and what another source has later", () => {
  const registry = new Registry();
  registry.gauge({ name: "g", help: "", labels: ["l"] }).set({ l: "1" }, 1);
  registry.shard.stamp();
  const layout = new Layout();
  layout.addSeries(layout.addFamily(FAMILY), [], 0);
  layout.addSeries(layout.addFamily({ ...FAMILY, name: "h" }), [], 1);
  layout.hide(1);
  const [g, h, ...others] = parsed([registry.shard, { layout, pages: [] }]);
  assertEquals(g!.metrics, [{ labels: {}, value: 0 }]);
  assertEquals([h!.metrics, others], [[], []]);
});

Deno.test("ProtobufRenderer writes a family of many parts as one message", () => {
  const layout = new Layout();
  const number = layout.addFamily({ ...FAMILY, labelNames: ["l"] });
  for (let i = 0; i < 20_000; i++) layout.addSeries(number, [String(i)], i);
  const pages = Array.from({ length: 20 }, () => new Float64Array(PAGE_CELLS).fill(1));
  const families = parsed({ layout, pages });
  assertEquals(families.map(({ metrics }) => metrics.length), [20_000]);
  assertEquals(families[0]!.metrics.at(-1), { labels: { l: "19999" }, value: 1 });
});

Deno.test("TextRenderer and ProtobufRenderer begin with nothing for an empty source", () => {
  const { shard } = new Registry();
  assertEquals(joined(new ProtobufRenderer("underscores").render(shard)).length, 0);
  assertEquals(joined(new TextRenderer().render(shard)).length, 0);
});
