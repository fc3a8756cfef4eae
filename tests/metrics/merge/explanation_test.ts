import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { indexOf, pageOf } from "../../../src/metrics/cells.ts";
import type { Contribution } from "../../../src/metrics/merge/contribution.ts";
import { decide } from "../../../src/metrics/merge/decisions.ts";
import { explain, type ExplainedSeries } from "../../../src/metrics/merge/explanation.ts";
import { Merger } from "../../../src/metrics/merge/merger.ts";
import { Registry } from "../../../src/metrics/registry.ts";
import { readSketch } from "../../../src/metrics/sketch.ts";
import { contribution } from "./exposed.ts";
import { command, RandomNode } from "./random_node.ts";

const ALL = { family: () => true, series: () => true, seriesMax: Infinity };

function explainAll(contributions: readonly Contribution[]): readonly ExplainedSeries[] {
  return explain(contributions, decide(contributions), ALL).series;
}

/** What is explained and what is merged, in one form: by family and labels, shown or not, the cells. */
type Told = readonly [key: string, isShown: boolean, cells: readonly number[]];

function told(contributions: readonly Contribution[]): Told[] {
  return explainAll(contributions).map(({ family, labelValues, isShown, cells }): Told => {
    // A gauge that is not shown has no value.
    const values = isShown || family.merge === "add" ? [...cells] : [];
    return [JSON.stringify([family.name, family.labelNames, labelValues]), isShown, values];
  }).sort();
}

function merged(contributions: readonly Contribution[]): Told[] {
  const shard = new Merger().merge(contributions);
  const { layout, pages, shown } = shard;
  return Array.from({ length: layout.seriesCount }, (_, series): Told => {
    const family = layout.families[layout.familyOf(series)]!;
    const first = layout.firstCellOf(series);
    const cells = pages[pageOf(first)]!.slice(indexOf(first)).subarray(
      0,
      layout.cellCountOf(series),
    );
    const counts = family.type === "native_histogram" ? [readSketch(shard, series).count] : [];
    const isShown = shown[series] !== 0;
    const values = isShown || family.merge === "add" ? [...cells, ...counts] : [];
    const key = [family.name, family.labelNames, layout.labelValuesOf(series)];
    return [JSON.stringify(key), isShown, values];
  }).sort();
}

Deno.test("What is explained is what a merge shows, bit for bit, whatever happened to the nodes", () => {
  let explained = 0;
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      const nodes = [new RandomNode(0, 0)];
      for (const [what, which, act, n] of commands) {
        const node = nodes[which % nodes.length]!;
        if (what === "join") nodes.push(new RandomNode(nodes.length, which));
        else if (what === "depart") node.life = node.number % 3 === 0 ? "folded" : "departed";
        else if (what === "quiet") node.gaugesShown = !node.gaugesShown;
        else if (node.life === "live") node.act(act, n % 4, n);
      }
      const contributions = nodes.map((it) => it.contribution);
      const all = told(contributions);
      assertEquals(all, merged(contributions));
      explained += all.length;
    }),
    { numRuns: 60 },
  );
  assert(explained > 200, `only ${explained} series were explained`);
});

Deno.test("Parts of a sum that floats round differently in each order add up to it exactly", () => {
  const values = [0.1, 1e15, 0.2, 0.3, 7e8];
  const nodes = values.map((value, i) => {
    const registry = new Registry();
    registry.counter({ name: "x_total", help: "X." }).inc(value);
    return contribution(`n${i}`, registry);
  });
  const [series] = explainAll(nodes);
  assertEquals(series!.parts.map(({ cells }) => cells[0]), values);
  assertEquals([...series!.cells], [1000000700000000.6]);
});

Deno.test("A folded sum's low halves belong to its part and to the total", () => {
  const registry = new Registry();
  registry.counter({ name: "x_total", help: "X." }).inc(1e16);
  const base = contribution("", registry, {
    incarnation: "folded",
    life: "departed",
    low: [Float64Array.of(0.75)],
  });
  const rest = new Registry();
  rest.counter({ name: "x_total", help: "X." }).inc(1);
  const [series] = explainAll([base, contribution("a", rest)]);
  assertEquals([...series!.cells], [1e16 + 2], "1e16 + 0.75 + 1, rounded once");
  assertEquals(series!.parts.map(({ cells }) => cells[0]), [1, 1e16]);
});

Deno.test("Histograms with other bounds are explained per merged bucket", () => {
  const nodes = [[1, 5], [2, 5]].map((buckets, i) => {
    const registry = new Registry();
    const size = registry.histogram({ name: "size", help: "S.", buckets });
    size.observe(0.5);
    size.observe(4);
    return contribution(`n${i}`, registry);
  });
  const [series] = explainAll(nodes);
  assertEquals(series!.family.bounds, [1, 2, 5]);
  assertEquals([...series!.cells], [1, 1, 2, 0, 9]);
  assertEquals(series!.parts.map(({ cells }) => [...cells]), [[1, 0, 1, 0, 4.5], [
    0,
    1,
    1,
    0,
    4.5,
  ]]);
});

Deno.test("A gauge that has no say is a part that is not counted", () => {
  const nodes = [["a", 5, true], ["b", 9, false]].map(([node, value, gaugesShown]) => {
    const registry = new Registry();
    registry.gauge({ name: "level", help: "L.", merge: "max" }).set(value as number);
    return contribution(node as string, registry, { gaugesShown: gaugesShown as boolean });
  });
  const [series] = explainAll(nodes);
  assertEquals([...series!.cells], [5]);
  assertEquals(series!.parts.map(({ cells, isCounted }) => [cells[0], isCounted]), [
    [5, true],
    [9, false],
  ]);
});

Deno.test("No more series than wanted are explained, and it says so", () => {
  const registry = new Registry();
  const hits = registry.counter({ name: "hits_total", help: "H.", labels: ["k"] });
  for (let k = 0; k < 5; k++) hits.inc({ k });
  const contributions = [contribution("a", registry), contribution("b", registry)];
  const of = (seriesMax: number) =>
    explain(contributions, decide(contributions), { ...ALL, seriesMax });
  assertEquals([of(5).series.length, of(5).isCut], [5, false]);
  assertEquals([of(4).series.length, of(4).isCut], [4, true]);
});
