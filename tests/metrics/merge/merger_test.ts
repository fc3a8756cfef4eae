import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { PAGE_CELLS } from "../../../src/metrics/cells.ts";
import { DEAD_SERIES_MIN } from "../../../src/metrics/merge/merged_layout.ts";
import { Merger } from "../../../src/metrics/merge/merger.ts";
import { Registry } from "../../../src/metrics/registry.ts";
import { command, RandomNode } from "./random_node.ts";
import { contribution, exposed, fallen, sample } from "./exposed.ts";

/** What only grows, the bins of native histograms apart: those are summed up anew when the schema falls. */
const GROWING = /^\["(orders_total|size|(load|wait)_(count|sum))/;

Deno.test("Merger that has merged all along agrees with a new one, and nothing that grows ever falls", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      const merger = new Merger();
      const nodes = [new RandomNode(0, 0)];
      let grown: ReadonlyMap<string, number> = new Map();
      for (const [what, which, act, n] of commands) {
        const node = nodes[which % nodes.length]!;
        if (what === "join") nodes.push(new RandomNode(nodes.length, which));
        else if (what === "depart") node.life = "departed";
        else if (what === "quiet") node.gaugesShown = !node.gaugesShown;
        else if (node.life === "live") node.act(act, n % 4, n);
        const contributions = nodes.map((it) => it.contribution);
        const now = exposed(merger.merge(contributions));
        const fresh = exposed(new Merger().merge(contributions.toReversed()));
        assertEquals([...now].sort(), [...fresh].sort());
        const growing = new Map([...now].filter(([key]) => GROWING.test(key)));
        assertEquals(fallen(grown, growing), []);
        // A series that was removed is hidden: when it is shown again, it must not have fallen.
        grown = new Map([...grown, ...growing]);
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("Merger keeps its layout and its pages while cells change, and appends what is new", () => {
  const merger = new Merger();
  const registry = new Registry();
  const counter = registry.counter({ name: "x_total", help: "X.", labels: ["k"] });
  counter.inc({ k: "1" });
  const first = merger.merge([contribution("a", registry)]);
  counter.inc({ k: "2" });
  const second = merger.merge([contribution("a", registry), contribution("b", registry)]);
  assertStrictEquals(second.layout, first.layout);
  assertStrictEquals(second.pages[0], first.pages[0]);
  assertEquals([first.seq, second.seq], [1, 2]);
  assertEquals([...second.shown], [1, 1]);
  registry.histogram({ name: "size", help: "S." }).observe(1);
  const third = merger.merge([contribution("a", registry), contribution("b", registry)]);
  assertStrictEquals(third.layout, first.layout);
  assertEquals(exposed(third).get(sample("size_count")), 2);
});

Deno.test("Merger replaces its layout when a definition changes", () => {
  const merger = new Merger();
  const [a, b] = [new Registry(), new Registry()];
  a.histogram({ name: "size", help: "S.", buckets: [1, 2] }).observe(1);
  b.histogram({ name: "size", help: "S.", buckets: [2, 3] }).observe(1);
  const before = merger.merge([contribution("a", a)]).layout;
  const after = merger.merge([contribution("a", a), contribution("b", b)]).layout;
  assert(after !== before);
  assertEquals(after.families.map((family) => family.bounds), [[1, 2, 3]]);
});

Deno.test("Merger starts a fresh layout when too many series have lost every contributor", () => {
  const merger = new Merger();
  const shop = (from: number, count: number) => {
    const registry = new Registry();
    const counter = registry.counter({ name: "x_total", help: "X.", labels: ["k"] });
    for (let k = from; k < from + count; k++) counter.inc({ k });
    return registry;
  };
  const stays = contribution("stays", shop(0, 2));
  const few = contribution("few", shop(2, DEAD_SERIES_MIN));
  const more = contribution("more", shop(2, DEAD_SERIES_MIN + 1));
  const first = merger.merge([stays, few]);
  const second = merger.merge([stays]);
  assertStrictEquals(second.layout, first.layout);
  assertEquals(exposed(second).size, 2);
  merger.merge([stays, more]);
  const last = merger.merge([stays]);
  assert(last.layout !== first.layout);
  assertEquals([last.layout.seriesCount, exposed(last).size], [2, 2]);
});

Deno.test("Merger plans once for departed shards that share a layout, and counts each of them", () => {
  const registry = new Registry();
  registry.counter({ name: "x_total", help: "X." }).inc(3);
  const a = contribution("a", registry, { life: "departed" });
  const { layout } = a.shard;
  const pages = [new Float64Array(PAGE_CELLS).fill(4)];
  const b = contribution("b", { layout, pages, seq: 9, stamps: null, cellCount: 1 }, {
    life: "departed",
  });
  const live = { ...b, node: "c", incarnation: "c", life: "live" } as const;
  assertEquals([...exposed(new Merger().merge([a, b, live]))], [[sample("x_total"), 11]]);
});

Deno.test("Merger takes cells that a copy has no page for yet as zero", () => {
  const registry = new Registry();
  registry.counter({ name: "x_total", help: "X." });
  registry.gauge({ name: "low", help: "L.", merge: "min" });
  const { layout } = registry.shard;
  const early = contribution("a", { layout, pages: [], seq: 0, stamps: null, cellCount: 0 });
  assertEquals([...exposed(new Merger().merge([early]))], [[sample("x_total"), 0], [
    sample("low"),
    0,
  ]]);
});

Deno.test("Merger keeps every series within one page, also where layouts are differently aligned", () => {
  const fill = (skip: number) => {
    const registry = new Registry();
    const counter = registry.counter({ name: "x_total", help: "X.", labels: ["k"] });
    for (let k = 0; k < skip; k++) counter.inc({ k });
    const sizes = registry.histogram({ name: "size", help: "S.", labels: ["k"] });
    for (let k = 0; k < 100; k++) sizes.observe({ k }, k % 12);
    return registry;
  };
  const merged = new Merger().merge([contribution("a", fill(3)), contribution("b", fill(8))]);
  const { layout } = merged;
  for (let series = 0; series < layout.seriesCount; series++) {
    const first = layout.firstCellOf(series);
    const last = first + layout.cellCountOf(series) - 1;
    assertEquals(Math.floor(first / PAGE_CELLS), Math.floor(last / PAGE_CELLS));
  }
  const samples = exposed(merged);
  for (let k = 0; k < 100; k++) {
    assertEquals(samples.get(sample("size_count", { k: String(k) })), 2);
    assertEquals(samples.get(sample("size_sum", { k: String(k) })), 2 * (k % 12));
  }
});

Deno.test("Merger shows and hides whatever many series there are, in however many pages", () => {
  const merger = new Merger();
  const registry = new Registry({ wallMs: () => 1 });
  const counter = registry.counter({ name: "x_total", help: "X.", labels: ["k"] });
  const gauge = registry.gauge({ name: "level", help: "L.", labels: ["k"], merge: "max" });
  const merge = (gaugesShown: boolean) =>
    exposed(merger.merge([contribution("a", registry, { gaugesShown })]));
  for (let k = 0; k < 500; k++) gauge.set({ k }, k);
  assertEquals([merge(true).size, merge(false).size], [500, 0]);
  for (let k = 0; k < 10; k++) counter.inc({ k }, k);
  assertEquals([merge(true).size, merge(false).size], [510, 10]);
  for (let k = 0; k < 3 * PAGE_CELLS; k++) counter.inc({ k });
  const all = merge(true);
  assertEquals(all.size, 3 * PAGE_CELLS + 500);
  for (let k = 0; k < 3 * PAGE_CELLS; k++) {
    assertEquals(all.get(sample("x_total", { k: String(k) })), k < 10 ? k + 1 : 1);
  }
  assertEquals(merge(false).size, 3 * PAGE_CELLS);
});

Deno.test("Merger takes a series with an empty label for the one without that label", () => {
  const [old, other, next] = [new Registry(), new Registry(), new Registry()];
  const orders = { name: "orders_total", help: "O." };
  const size = { name: "size", help: "S." };
  old.counter({ ...orders, labels: ["plan"] }).inc({ plan: "pro" }, 100);
  old.histogram({ ...size, labels: ["plan"], buckets: [1] }).observe({ plan: "pro" }, 0.5);
  other.counter({ ...orders, labels: ["zone", "plan"] }).inc({ zone: "", plan: "" }, 7);
  const counter = next.counter({ ...orders, labels: ["region", "plan"] });
  counter.inc({ region: "", plan: "pro" }, 5);
  counter.inc({ region: "", plan: "" }, 2);
  counter.inc({ region: "eu", plan: "pro" }, 1);
  const labels = ["region", "plan"] as const;
  next.histogram({ ...size, labels, buckets: [2] }).observe({ region: "", plan: "pro" }, 2);
  next.gauge({ name: "queue", help: "Q.", labels: ["topic"] }).set({ topic: "" }, 3);
  next.stateSet({ name: "mode", help: "M.", states: ["", "on"] }).set("on", true);
  const contributions = [
    contribution("a", old),
    contribution("b", other),
    contribution("c", next),
  ];
  const pro = { plan: "pro" };
  const samples: [string, number][] = [
    [sample("orders_total", pro), 105],
    [sample("orders_total"), 9],
    [sample("orders_total", { ...pro, region: "eu" }), 1],
    [sample("size_bucket", { ...pro, le: "1" }), 1],
    [sample("size_bucket", { ...pro, le: "2" }), 2],
    [sample("size_bucket", { ...pro, le: "Infinity" }), 2],
    [sample("size_count", pro), 2],
    [sample("size_sum", pro), 2.5],
    [sample("queue", { node: "c" }), 3],
    [sample("mode", { mode: "", node: "c" }), 0],
    [sample("mode", { mode: "on", node: "c" }), 1],
  ];
  assertEquals([...exposed(new Merger().merge(contributions))].sort(), samples.sort());
});
