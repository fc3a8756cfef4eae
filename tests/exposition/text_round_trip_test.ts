import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { FamilyDef, MetricType } from "../../src/metrics/family.ts";
import { PAGE_CELLS } from "../../src/metrics/cells.ts";
import { Layout } from "../../src/metrics/layout.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { rendered } from "./rendered.ts";
import { parseText, seriesKey } from "./strict_text_parser.ts";

/** Any characters, the ones that need escaping among them more often than chance would have it. */
const HOSTILE = fc.array(
  fc.oneof(
    fc.constantFrom(
      "\\",
      '"',
      "\n",
      "\\n",
      '",b="',
      "}",
      "{",
      ",",
      "=",
      " ",
      "#",
      "\r",
      "\0",
      "😀",
    ),
    fc.string({ unit: "binary", maxLength: 3 }),
  ),
  { maxLength: 8 },
).map((parts) => parts.join(""));

Deno.test("TextRenderer writes label values that read back as they were, each pair its own series", () => {
  fc.assert(fc.property(
    fc.uniqueArray(fc.tuple(HOSTILE, HOSTILE), {
      minLength: 1,
      maxLength: 30,
      selector: ([a, b]) => JSON.stringify([a.toWellFormed(), b.toWellFormed()]),
    }),
    (pairs) => {
      const registry = new Registry();
      const counter = registry.counter({ name: "c_total", help: "", labels: ["a", "b"] });
      pairs.forEach(([a, b], i) => counter.inc({ a, b }, i));
      registry.shard.stamp();
      const [family] = parseText(rendered(registry.shard));
      assertEquals(
        family!.samples.map(({ labels, value }) => [labels.get("a"), labels.get("b"), value]),
        pairs.map(([a, b], i) => [a.toWellFormed(), b.toWellFormed(), i]),
      );
    },
  ));
});

Deno.test("TextRenderer writes help texts that read back as they were", () => {
  fc.assert(fc.property(HOSTILE.filter((help) => help !== ""), (help) => {
    const registry = new Registry();
    registry.counter({ name: "c_total", help });
    assertEquals(parseText(rendered(registry.shard))[0]!.help, help.toWellFormed());
  }));
});

const BOUNDS = fc.uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), {
  minLength: 1,
  maxLength: 20,
  selector: (bound) => bound + 0,
}).map((bounds) => bounds.sort((a, b) => a - b));

Deno.test("TextRenderer writes histograms whose buckets read back as the counts they sum up", () => {
  fc.assert(fc.property(
    BOUNDS,
    fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 })),
    (buckets, values) => {
      const registry = new Registry();
      const histogram = registry.histogram({ name: "h", help: "", buckets });
      for (const value of values) histogram.observe(value);
      registry.shard.stamp();
      const samples = parseText(rendered(registry.shard))[0]!.samples;
      const expected = [
        ...[...buckets, Infinity].map((le) => [
          "h_bucket",
          le + 0,
          values.filter((value) => value <= le).length,
        ]),
        ["h_sum", NaN, values.reduce((sum, value) => sum + value, 0)],
        ["h_count", NaN, values.length],
      ];
      assertEquals(
        samples.map(({ name, labels, value }) => [
          name,
          Number(labels.get("le")?.replace("+Inf", "Infinity") ?? NaN),
          value + 0,
        ]),
        expected,
      );
    },
  ));
});

const TYPES: readonly MetricType[] = ["counter", "gauge", "histogram"];

Deno.test("TextRenderer shows every shown series of any layout exactly once, and no other", () => {
  const families = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom("a", "b", "c", "a:b", "Z", "_"),
      type: fc.nat({ max: 2 }),
      labelNames: fc.subarray(["x", "y", "z"]),
    }),
    { selector: ({ name, labelNames }) => name + labelNames.join(), minLength: 1 },
  );
  const series = fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 60 });
  fc.assert(fc.property(families, series, (drawn, rows) => {
    const layout = new Layout();
    const typeOf = new Map(drawn.map(({ name, type }) => [name, TYPES[type]!]));
    for (const { name, labelNames } of drawn) {
      const type = typeOf.get(name)!;
      const bounds = type === "histogram" ? [1, 2] : [];
      layout.addFamily({ name, help: "", unit: "", merge: "add", type, labelNames, bounds });
    }
    const shown = new Uint8Array(rows.length);
    const expected: string[] = [];
    const plain = new Set<FamilyDef>();
    rows.forEach(([pick, isShown], i) => {
      const number = pick % drawn.length;
      const family = layout.families[number]!;
      if (family.labelNames.length === 0 && plain.has(family)) {
        layout.addSeries(number, [], 0);
        return;
      }
      plain.add(family);
      layout.addSeries(number, family.labelNames.map(() => `v${i}`), i * 4);
      if (!isShown) return;
      shown[i] = 1;
      const name = family.type === "histogram" ? `${family.name}_sum` : family.name;
      expected.push(seriesKey(name, new Map(family.labelNames.map((label) => [label, `v${i}`]))));
    });
    const parsed = parseText(rendered({ layout, pages: [new Float64Array(PAGE_CELLS)], shown }));
    const samples = parsed.flatMap((family) => family.samples)
      .filter(({ name }) => !/_(bucket|count)$/.test(name));
    assertEquals(
      samples.map(({ name, labels }) => seriesKey(name, labels)).sort(),
      expected.sort(),
    );
    assertEquals(
      parsed.map(({ name, type }) => [name, type]),
      [...typeOf].sort(([a], [b]) => a < b ? -1 : 1),
    );
  }));
});
