import { assertEquals } from "@std/assert";
import {
  cellsPerSeries,
  type FamilyDef,
  isCompatible,
  isGrowing,
  sampleNames,
} from "../../src/metrics/family.ts";

const GAUGE: FamilyDef = {
  name: "m",
  help: "",
  type: "gauge",
  unit: "",
  merge: "sum",
  labelNames: [],
  bounds: [],
};
const COUNTER: FamilyDef = { ...GAUGE, type: "counter", merge: "add" };
const HISTOGRAM: FamilyDef = { ...COUNTER, type: "histogram", bounds: [1, 2, 3] };

Deno.test("cellsPerSeries has a cell per value, two for latest, and buckets, overflow and sum", () => {
  assertEquals(cellsPerSeries(COUNTER), 1);
  assertEquals(cellsPerSeries(GAUGE), 1);
  assertEquals(cellsPerSeries({ ...GAUGE, merge: "latest" }), 2);
  assertEquals(cellsPerSeries(HISTOGRAM), 5);
});

Deno.test("isGrowing is false for gauges alone", () => {
  assertEquals([COUNTER, GAUGE, HISTOGRAM].map(isGrowing), [true, false, true]);
});

Deno.test("isCompatible asks for the same type and merge mode, and for nothing else", () => {
  assertEquals(isCompatible(HISTOGRAM, { ...HISTOGRAM, bounds: [9], labelNames: ["a"] }), true);
  assertEquals(isCompatible(GAUGE, { ...GAUGE, merge: "max" }), false);
  assertEquals(isCompatible(COUNTER, HISTOGRAM), false);
});

Deno.test("sampleNames lists what a histogram exposes besides its name", () => {
  assertEquals(sampleNames(COUNTER), ["m"]);
  assertEquals(sampleNames(HISTOGRAM), ["m", "m_bucket", "m_sum", "m_count"]);
});
