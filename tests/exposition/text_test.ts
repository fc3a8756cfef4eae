import { assert, assertEquals } from "@std/assert";
import { PAGE_CELLS } from "../../src/metrics/cells.ts";
import type { FamilyDef } from "../../src/metrics/family.ts";
import { Layout } from "../../src/metrics/layout.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { CHUNK_BYTES } from "../../src/exposition/chunk_writer.ts";
import { TextRenderer } from "../../src/exposition/text.ts";
import { joined, rendered } from "./rendered.ts";
import { parseText } from "./strict_text_parser.ts";

const GAUGE: FamilyDef = {
  name: "g",
  help: "G.",
  type: "gauge",
  unit: "",
  merge: "sum",
  labelNames: ["a"],
  bounds: [],
};

function golden(name: string): string {
  return Deno.readTextFileSync(new URL(`../golden/exposition/${name}`, import.meta.url));
}

/** Registers in an order that differs from the order of the names. */
function everyKind(): Registry {
  const registry = new Registry({ seriesPerFamilyMax: 3, wallMs: () => 1_700_000_000_000 });
  const orders = registry.counter({ name: "orders_total", help: "Orders.", labels: ["plan", "n"] });
  orders.inc({ plan: "pro", n: 1 }, 3);
  orders.inc({ plan: 'a "quoted"\\\nplan', n: true }, 0.1 + 0.2);
  orders.inc({ plan: "{é😀}", n: 2 }, 2 ** 53);
  orders.inc({ plan: "one too many", n: 0 }, 7);
  orders.inc({ plan: "two too many", n: 0 }, 7);
  registry.gauge({ name: "temperature_celsius", help: 'Back\\slash,\nnewline, "quote".', unit: "" })
    .set(-1e-7);
  registry.gauge({ name: "build_time_seconds", help: "", merge: "latest" }).set(1e21);
  registry.counter({ name: "unused_total", help: "A family before its first use.", labels: ["a"] });
  registry.counter({ name: "untouched_total", help: "A counter before its first use." });
  const seconds = registry.histogram({ name: "request_seconds", help: "Requests.", labels: ["m"] });
  for (const value of [0.004, 0.005, 0.3, 10, 11]) seconds.observe({ m: "GET" }, value);
  const bytes = registry.histogram({ name: "body_bytes", help: "Bodies.", buckets: [0, 1, 1e6] });
  bytes.observe(1);
  registry.shard.stamp();
  return registry;
}

Deno.test("TextRenderer renders every kind of metric to exactly these bytes", () => {
  assertEquals(rendered(everyKind().shard), golden("every_kind.prom"));
});

Deno.test("TextRenderer renders nothing for an empty registry", () => {
  assertEquals([...new TextRenderer().render(new Registry().shard)], []);
});

Deno.test("TextRenderer shows header and zero of a metric that was never stamped", () => {
  const registry = new Registry();
  registry.counter({ name: "a_total", help: "A." }).inc();
  assertEquals(rendered(registry.shard), "# HELP a_total A.\n# TYPE a_total counter\na_total 0\n");
});

Deno.test("TextRenderer shows published values only, the same until the next stamp", () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "a_total", help: "" });
  const renderer = new TextRenderer();
  registry.shard.stamp();
  counter.inc(2);
  assertEquals(rendered(registry.shard, renderer), "# TYPE a_total counter\na_total 0\n");
  registry.shard.stamp();
  assertEquals(rendered(registry.shard, renderer), "# TYPE a_total counter\na_total 2\n");
});

Deno.test("TextRenderer shows series and families that were added since the last rendering", () => {
  const registry = new Registry();
  const renderer = new TextRenderer();
  const orders = registry.counter({ name: "orders_total", help: "", labels: ["plan"] });
  orders.inc({ plan: "b" });
  registry.shard.stamp();
  rendered(registry.shard, renderer);
  orders.inc({ plan: "a" }, 2);
  registry.gauge({ name: "a", help: "" }).set(5);
  registry.shard.stamp();
  assertEquals(
    rendered(registry.shard, renderer),
    '# TYPE a gauge\na 5\n# TYPE orders_total counter\norders_total{plan="b"} 1\n' +
      'orders_total{plan="a"} 2\n',
  );
});

Deno.test("TextRenderer starts over with another layout", () => {
  const [a, b] = [new Registry(), new Registry()];
  a.counter({ name: "a_total", help: "", labels: ["x"] }).inc({ x: "1" });
  b.counter({ name: "b_total", help: "", labels: ["y"] }).inc({ y: "2" });
  a.shard.stamp();
  b.shard.stamp();
  const renderer = new TextRenderer();
  for (const { shard } of [a, b, a]) assertEquals(rendered(shard, renderer), rendered(shard));
});

Deno.test("TextRenderer leaves hidden series out and keeps their family's header", () => {
  const layout = new Layout();
  layout.addFamily(GAUGE);
  layout.addFamily({ ...GAUGE, name: "h" });
  for (const [family, value] of [[0, "x"], [0, "y"], [1, "z"]] as const) {
    layout.addSeries(family, [value], layout.cellsEnd);
  }
  const pages = [Float64Array.from({ length: PAGE_CELLS }, (_, i) => i + 1)];
  const renderer = new TextRenderer();
  const headers = ["# HELP g G.\n# TYPE g gauge\n", "# HELP h G.\n# TYPE h gauge\n"];
  assertEquals(
    rendered({ layout, pages, shown: Uint8Array.of(0, 1, 0) }, renderer),
    `${headers[0]}g{a="y"} 2\n${headers[1]}`,
  );
  assertEquals(
    rendered({ layout, pages, shown: Uint8Array.of(1, 0, 1) }, renderer),
    `${headers[0]}g{a="x"} 1\n${headers[1]}h{a="z"} 3\n`,
  );
});

Deno.test("TextRenderer puts families of one name under one header, whatever stands between them", () => {
  const layout = new Layout();
  layout.addFamily(GAUGE);
  layout.addFamily({ ...GAUGE, name: "f" });
  layout.addFamily({ ...GAUGE, labelNames: [] });
  layout.addFamily({ ...GAUGE, labelNames: ["b", "c"], help: "Not shown." });
  layout.addSeries(3, ["1", "2"], 0);
  layout.addSeries(2, [], 1);
  layout.addSeries(0, ["1"], 2);
  assertEquals(
    rendered({ layout, pages: [] }),
    '# HELP f G.\n# TYPE f gauge\n# HELP g G.\n# TYPE g gauge\ng{a="1"} 0\ng 0\ng{b="1",c="2"} 0\n',
  );
});

Deno.test("TextRenderer writes values that only a merge can make", () => {
  const layout = new Layout();
  const values = [NaN, Infinity, -Infinity, -0, 2 ** 53 + 2];
  layout.addFamily(GAUGE);
  values.forEach((value, i) => layout.addSeries(0, [String(value)], i));
  const page = new Float64Array(PAGE_CELLS);
  page.set(values);
  const samples = parseText(rendered({ layout, pages: [page] }))[0]!.samples;
  assertEquals(samples.map((sample) => sample.value), values);
});

Deno.test("TextRenderer reads a series from its page, and a missing page as zeros", () => {
  const layout = new Layout();
  layout.addFamily(GAUGE);
  const cells = [PAGE_CELLS - 1, PAGE_CELLS, 3 * PAGE_CELLS];
  for (const cell of cells) layout.addSeries(0, [String(cell)], cell);
  const pages = [new Float64Array(PAGE_CELLS), new Float64Array(PAGE_CELLS)];
  pages[0]![PAGE_CELLS - 1] = 5;
  pages[1]![0] = 6;
  const samples = parseText(rendered({ layout, pages }))[0]!.samples;
  assertEquals(samples.map((sample) => sample.value), [5, 6, 0]);
});

Deno.test("TextRenderer hands out chunks of bounded size which never change afterwards", () => {
  const registry = new Registry();
  const seconds = registry.histogram({ name: "s", help: "", labels: ["route"] });
  for (let i = 0; i < 500; i++) seconds.observe({ route: `/${i}/${"x".repeat(i)}` }, i);
  registry.shard.stamp();
  const renderer = new TextRenderer();
  const chunks = [...renderer.render(registry.shard)];
  const copies = chunks.map((chunk) => chunk.slice());
  seconds.observe({ route: "/0/" }, 1);
  registry.shard.stamp();
  assertEquals(rendered(registry.shard, renderer).length > 0, true);
  assertEquals(chunks.length > 3 && chunks.every(({ length }) => length <= CHUNK_BYTES), true);
  assertEquals(chunks, copies);
});

Deno.test("TextRenderer makes a chunk as large as one series needs", () => {
  const registry = new Registry();
  const seconds = registry.histogram({ name: "s", help: "H".repeat(4_096), labels: ["route"] });
  const route = "é".repeat(4095);
  for (const value of [1, 2]) seconds.observe({ route: route + value }, value);
  registry.shard.stamp();
  const [family] = parseText(rendered(registry.shard));
  assertEquals(family!.samples.length, 2 * 14);
  assertEquals(family!.samples[0]!.labels.get("route"), route + 1);
});

Deno.test("TextRenderer renderings of one renderer don't disturb each other", () => {
  const registry = new Registry();
  const orders = registry.counter({ name: "orders_total", help: "", labels: ["n"] });
  for (let i = 0; i < 5_000; i++) orders.inc({ n: i }, i);
  registry.shard.stamp();
  const alone = rendered(registry.shard);
  const renderer = new TextRenderer();
  const first = renderer.render(registry.shard);
  const chunks = [first.next().value!];
  orders.inc({ n: "late" });
  registry.counter({ name: "a_total", help: "" });
  const second = rendered(registry.shard, renderer);
  chunks.push(...first);
  const text = new TextDecoder().decode(joined(chunks));
  assert(text === alone, "the first rendering must show what was there when it began");
  assert(second.includes('orders_total{n="late"}'));
  assert(second.includes("# TYPE a_total counter"));
});

Deno.test("TextRenderer lends one chunk again and again, and makes a larger one where a series needs it", () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "a_total", help: "", labels: ["path"] });
  for (let i = 0; i < 5_000; i++) counter.inc({ path: `/some/path/${i}` }, i);
  const wide = registry.histogram({ name: "b_seconds", help: "", labels: ["path"] });
  wide.observe({ path: "é".repeat(4_000) }, 1);
  const more = registry.counter({ name: "c_total", help: "", labels: ["path"] });
  for (let i = 0; i < 5_000; i++) more.inc({ path: `/another/${i}` }, i);
  registry.shard.stamp();
  const renderer = new TextRenderer();
  const kept = [...renderer.render(registry.shard)];
  const buffers = new Set<ArrayBuffer>();
  const copied: Uint8Array[] = [];
  for (const chunk of renderer.render(registry.shard, null, "lent")) {
    buffers.add(chunk.buffer);
    copied.push(chunk.slice());
  }
  assertEquals(joined(copied), joined(kept));
  assert(kept.length > 4, `${kept.length} chunks`);
  assertEquals(new Set(kept.map(({ buffer }) => buffer)).size, kept.length);
  assertEquals(buffers.size, 2);
});
