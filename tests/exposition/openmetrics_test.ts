import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { RenderSource } from "../../src/exposition/render_source.ts";
import { TextRenderer } from "../../src/exposition/text.ts";
import type { TextDialect } from "../../src/exposition/text_dialect.ts";
import { PAGE_CELLS } from "../../src/metrics/cells.ts";
import { Exemplars } from "../../src/metrics/exemplars.ts";
import type { FamilyDef, MetricType } from "../../src/metrics/family.ts";
import { Layout } from "../../src/metrics/layout.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { everyType, FAMILY } from "./every_type.ts";
import { HOSTILE_VALUES, hostileRegistry } from "./hostile_registry.ts";
import { rendered } from "./rendered.ts";
import { parseOpenMetrics, parseText, seriesKey } from "./strict_text_parser.ts";

const OPENMETRICS: TextDialect = {
  syntax: "openmetrics",
  escaping: "underscores",
  hasCreated: false,
};

function openMetrics(source: RenderSource, dialect: Partial<TextDialect> = {}): string {
  return rendered(source, new TextRenderer({ ...OPENMETRICS, ...dialect }));
}

function golden(name: string): string {
  return Deno.readTextFileSync(new URL(`../golden/exposition/${name}`, import.meta.url));
}

Deno.test("TextRenderer renders every type in OpenMetrics to exactly these bytes", () => {
  const text = openMetrics(everyType(), { hasCreated: true });
  assertEquals(text, golden("every_type.om"));
  parseOpenMetrics(text);
});

Deno.test("TextRenderer renders every type in text 0.0.4 to exactly these bytes", () => {
  const text = rendered(everyType());
  assertEquals(text, golden("every_type.prom"));
  parseText(text);
});

Deno.test("TextRenderer ends a document of OpenMetrics, also an empty one", () => {
  assertEquals(openMetrics(new Registry().shard), "# EOF\n");
});

Deno.test("TextRenderer shows facts about the target first, and all else by name", () => {
  const registry = new Registry();
  registry.info({ name: "target_info", help: "", labels: ["version"] }).set({ version: "1" });
  for (const name of ["b_total", "a_total", "z_total"]) registry.counter({ name, help: "" });
  registry.shard.stamp();
  const headers = openMetrics(registry.shard).match(/^# TYPE \S+/gm);
  assertEquals(headers, ["# TYPE target", "# TYPE a", "# TYPE b", "# TYPE z"]);
});

Deno.test("TextRenderer dates no series unless it is asked to", () => {
  assert(!openMetrics(everyType()).includes("_created"));
});

Deno.test("TextRenderer gives samples the same names and values in OpenMetrics as in text", () => {
  const { shard } = hostileRegistry();
  const samples = (families: ReturnType<typeof parseText>) =>
    families.flatMap(({ samples }) => samples)
      .map(({ name, labels, value }) => `${seriesKey(name, labels)} ${value}`).sort();
  assertEquals(
    samples(parseOpenMetrics(openMetrics(shard))),
    samples(parseText(rendered(shard))),
  );
});

Deno.test("TextRenderer writes help texts in OpenMetrics that read back as they were", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", minLength: 1 }), (help) => {
    const layout = new Layout();
    layout.addFamily({ ...FAMILY, help });
    const [family] = parseOpenMetrics(openMetrics({ layout, pages: [] }));
    assertEquals(family!.help, help.toWellFormed());
  }));
});

Deno.test("TextRenderer writes exemplars that read back as they were, where they are allowed", () => {
  const layout = new Layout();
  const counter = layout.addFamily({ ...FAMILY, name: "c_total", type: "counter", merge: "add" });
  const histogram = layout.addFamily({
    ...FAMILY,
    name: "h",
    type: "histogram",
    merge: "add",
    bounds: [1, 2],
  });
  layout.addSeries(counter, [], 0);
  layout.addSeries(histogram, [], 1);
  layout.addSeries(layout.addFamily({ ...FAMILY, name: "g" }), [], 5);
  const label = fc.constantFrom("trace_id", "span_id", "a");
  const labels = fc.dictionary(label, fc.string({ unit: "binary", maxLength: 12 }));
  const exemplar = fc.record({
    labels,
    value: fc.double({ noNaN: true, noDefaultInfinity: true }),
    timestampMs: fc.integer({ min: 0, max: 4e12 }),
  });
  const cells = fc.uniqueArray(fc.tuple(fc.nat({ max: 5 }), exemplar), {
    selector: ([cell]) => cell,
  });
  fc.assert(fc.property(cells, (drawn) => {
    const exemplars = new Exemplars();
    for (const [cell, exemplar] of drawn) exemplars.set(cell, exemplar);
    const pages = [new Float64Array(PAGE_CELLS).fill(1)];
    const samples = parseOpenMetrics(openMetrics({ layout, pages, exemplars }))
      .flatMap(({ samples }) => samples);
    const lines = ["c_total", "h_bucket 1.0", "h_bucket 2.0", "h_bucket +Inf"];
    const found = samples.flatMap(({ name, labels, exemplar }) => {
      if (exemplar === null) return [];
      const le = labels.get("le");
      const { labels: pairs, value, timestamp } = exemplar;
      const line = lines.indexOf(le === undefined ? name : `${name} ${le}`);
      return [[line, Object.fromEntries(pairs), value + 0, timestamp]];
    });
    const expected = drawn.filter(([cell]) => cell < 4).sort(([a], [b]) => a - b)
      .map(([cell, { labels, value, timestampMs }]) => [
        cell,
        Object.fromEntries(
          Object.entries(labels).map(([name, text]) => [name, text.toWellFormed()]),
        ),
        value + 0,
        timestampMs === 0 ? null : timestampMs / 1000,
      ]);
    assertEquals(found, expected);
  }));
});

Deno.test("TextRenderer leaves out an exemplar that is too long, or in a format without them", () => {
  const layout = new Layout();
  const family = layout.addFamily({ ...FAMILY, name: "c_total", type: "counter", merge: "add" });
  layout.addSeries(family, [], 0);
  const exemplars = new Exemplars();
  exemplars.set(0, { labels: { a: "😀".repeat(127) }, value: 1, timestampMs: 2 });
  const source = { layout, pages: [], exemplars };
  assert(openMetrics(source).includes(` # {a="${"😀".repeat(127)}"} 1 0.002\n`));
  assert(!rendered(source).includes(" # {"));
  exemplars.set(0, { labels: { a: "😀".repeat(128) }, value: 1, timestampMs: 2 });
  assert(!openMetrics(source).includes(" # {"));
});

const TYPES: readonly MetricType[] = [
  "counter",
  "gauge",
  "histogram",
  "summary",
  "native_histogram",
  "info",
  "state_set",
];
const SUFFIXES = ["", "_total", "_created", "_info", "_total_total", "_seconds", "_sum_of"];

Deno.test("TextRenderer makes a valid document of families whose names would clash", () => {
  const family = fc.record({
    name: fc.tuple(fc.constantFrom("x", "y", "x.y", "x_y"), fc.constantFrom(...SUFFIXES))
      .map((parts) => parts.join("")),
    type: fc.constantFrom(...TYPES),
    unit: fc.constantFrom("", "seconds", "total"),
    isNegative: fc.boolean(),
  });
  const families = fc.uniqueArray(family, { selector: ({ name }) => name, maxLength: 12 });
  const scheme = fc.constantFrom("allow-utf-8", "underscores", "dots", "values");
  fc.assert(fc.property(families, scheme, fc.boolean(), (drawn, escaping, hasCreated) => {
    const layout = new Layout();
    layout.addCreated(5_000);
    for (const { name, type, unit, isNegative } of drawn) {
      const def: FamilyDef = {
        ...FAMILY,
        name,
        type,
        unit,
        labelNames: type === "state_set" ? [name] : [],
        bounds: type === "histogram" ? [isNegative ? -1 : 0, 2] : [],
        ...(type === "summary" ? { quantiles: [0.5] } : {}),
      };
      const number = layout.addFamily(def);
      layout.addSeries(number, type === "state_set" ? ["on"] : [], layout.cellsEnd);
    }
    const pages = [new Float64Array(PAGE_CELLS).fill(1)];
    const families = parseOpenMetrics(openMetrics({ layout, pages }, { escaping, hasCreated }));
    const count = drawn.reduce((sum, { type }) => {
      if (type === "histogram") return sum + 5;
      return sum + (type === "summary" || type === "native_histogram" ? 3 : 1);
    }, 0);
    const isDated = ["counter", "histogram", "summary"];
    const values = families.flatMap(({ name, type, samples }) =>
      samples.filter((sample) => !isDated.includes(type) || sample.name !== `${name}_created`)
    );
    assertEquals(values.length, count);
  }));
});

Deno.test("TextRenderer quotes names that are not legacy-valid, where the scraper reads UTF-8", () => {
  const layout = new Layout();
  const names = ["http.requests_total", 'a"\\b', "plain"];
  names.forEach((name, i) => {
    const type = name.endsWith("_total") ? "counter" : "gauge";
    const labelNames = i === 0 ? ["http.method", "b"] : i === 1 ? [] : ["x y"];
    const family = layout.addFamily({ ...FAMILY, name, type, labelNames, help: "H." });
    layout.addSeries(family, labelNames.map((label) => `${label}!`), i);
  });
  const text = openMetrics({ layout, pages: [] }, { escaping: "allow-utf-8" });
  assertEquals(
    text,
    '# HELP "a\\"\\\\b" H.\n# TYPE "a\\"\\\\b" gauge\n{"a\\"\\\\b"} 0\n' +
      '# HELP "http.requests" H.\n# TYPE "http.requests" counter\n' +
      '{"http.requests_total","http.method"="http.method!",b="b!"} 0\n' +
      '# HELP plain H.\n# TYPE plain gauge\nplain{"x y"="x y!"} 0\n# EOF\n',
  );
  parseOpenMetrics(text);
  assertEquals(
    openMetrics({ layout, pages: [] }, { escaping: "dots" }).split("\n").filter((line) =>
      line !== "" && !line.startsWith("#")
    ),
    [
      "a____b 0",
      'http_dot_requests__total{http_dot_method="http.method!",b="b!"} 0',
      'plain{x__y="x y!"} 0',
    ],
  );
});

Deno.test("TextRenderer writes quoted histograms that read back", () => {
  const layout = new Layout();
  const def: FamilyDef = { ...FAMILY, name: "a.b", type: "histogram", bounds: [1] };
  layout.addSeries(layout.addFamily(def), [], 0);
  layout.addSeries(layout.addFamily({ ...def, labelNames: ["é"] }), ["1"], 3);
  const source = { layout, pages: [new Float64Array(PAGE_CELLS).fill(1)] };
  for (const syntax of ["text", "openmetrics"] as const) {
    const text = openMetrics(source, { syntax, escaping: "allow-utf-8" });
    const [family] = syntax === "text" ? parseText(text) : parseOpenMetrics(text);
    assertEquals(family!.samples.length, 8);
    assert(text.includes('{"a.b_bucket",le="1.0"} 1\n'));
    assert(text.includes('{"a.b_bucket","é"="1",le="+Inf"} 2\n'));
  }
});

Deno.test("TextRenderer escapes the value of a label __name__", () => {
  const layout = new Layout();
  layout.addSeries(layout.addFamily({ ...FAMILY, labelNames: ["__name__"] }), ["a.b"], 0);
  const source = { layout, pages: [] };
  assert(openMetrics(source).includes('g{__name__="a_b"} 0'));
  assert(openMetrics(source, { escaping: "allow-utf-8" }).includes('g{__name__="a.b"} 0'));
});

Deno.test("TextRenderer makes one document of several sources, the last one's families before others'", () => {
  const [a, b] = [new Registry(), new Registry()];
  a.counter({ name: "z_total", help: "" });
  a.gauge({ name: "both", help: "Lost.", labels: ["l"] }).set({ l: "1" }, 1);
  b.gauge({ name: "both", help: "", merge: "max" }).set(2);
  b.gauge({ name: "a", help: "" });
  a.shard.stamp();
  b.shard.stamp();
  const renderer = new TextRenderer(OPENMETRICS);
  const text = [...renderer.render([a.shard, b.shard])]
    .map((chunk) => new TextDecoder().decode(chunk)).join("");
  assertEquals(
    text,
    "# TYPE a gauge\na 0\n# TYPE both gauge\nboth 2\n# TYPE z counter\nz_total 0\n# EOF\n",
  );
});

Deno.test("TextRenderer renders only the families that are asked for, by any of their names", () => {
  const registry = new Registry();
  registry.counter({ name: "a_total", help: "" });
  registry.gauge({ name: "b", help: "" });
  registry.histogram({ name: "c", help: "", buckets: [1] });
  const names = (only: readonly string[], dialect: TextDialect) =>
    [...new TextRenderer(dialect).render(registry.shard, new Set(only))]
      .map((chunk) => new TextDecoder().decode(chunk)).join("")
      .split("\n").filter((line) => line.startsWith("# TYPE")).map((line) => line.split(" ")[2]);
  const text: TextDialect = { ...OPENMETRICS, syntax: "text" };
  assertEquals(names(["a_total", "c"], text), ["a_total", "c"]);
  assertEquals(names(["a_total", "c"], OPENMETRICS), ["a", "c"]);
  assertEquals(names(["a"], OPENMETRICS), ["a"]);
  assertEquals(names(["a", "c_bucket", "", "d"], text), []);
});

Deno.test("TextRenderer writes hostile label values in OpenMetrics that read back as they were", () => {
  const families = parseOpenMetrics(openMetrics(hostileRegistry().shard));
  const counter = families.find(({ name }) => name === "c")!;
  assertEquals(
    counter.samples.map(({ labels }) => labels.get("a")),
    HOSTILE_VALUES.map((value) => value.toWellFormed()),
  );
});
