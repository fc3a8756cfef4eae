import { assertEquals, assertMatch } from "@std/assert";
import type { FamilyDef } from "../../src/metrics/family.ts";
import { BOUNDS_MAX, definitionProblem } from "../../src/metrics/names.ts";

const COUNTER: FamilyDef = {
  name: "m_total",
  help: "",
  type: "counter",
  unit: "",
  merge: "add",
  labelNames: [],
  bounds: [],
};
const HISTOGRAM: FamilyDef = { ...COUNTER, type: "histogram", bounds: [1] };
const PER_NODE: FamilyDef = { ...COUNTER, type: "gauge", merge: "per_node" };

Deno.test("definitionProblem finds nothing in what the data model allows", () => {
  const fine: FamilyDef[] = [
    COUNTER,
    { ...COUNTER, name: "a:b_C9" },
    { ...COUNTER, name: "_" },
    { ...COUNTER, name: "n".repeat(512) },
    { ...COUNTER, labelNames: ["le", "node", "_a", "A9"] },
    { ...COUNTER, labelNames: Array.from({ length: 64 }, (_, i) => `l${i}`) },
    { ...HISTOGRAM, bounds: [-5, 0, 1e-9, 1e300] },
    { ...HISTOGRAM, bounds: Array.from({ length: BOUNDS_MAX }, (_, i) => i) },
    { ...PER_NODE, merge: "sum", labelNames: ["node"] },
  ];
  for (const family of fine) assertEquals(definitionProblem(family), null);
});

Deno.test("definitionProblem names the rule and the value received", () => {
  const untyped = (value: unknown) => value as string;
  const cases: [FamilyDef, RegExp][] = [
    [{ ...COUNTER, name: "" }, /^name must match .* received ""$/],
    [{ ...COUNTER, name: "9a" }, /^name must match .* received "9a"$/],
    [{ ...COUNTER, name: "a-b" }, /^name must match .* received "a-b"$/],
    [{ ...COUNTER, name: "a\n" }, /^name must match .* received "a\\n"$/],
    [{ ...COUNTER, name: "é" }, /^name must match .* received "é"$/],
    [{ ...COUNTER, name: "n".repeat(513) }, /at most 512 characters: received "n+"$/],
    [{ ...COUNTER, name: untyped(undefined) }, /^name must match .* received nothing$/],
    [{ ...COUNTER, help: untyped(undefined) }, /^help must be a string: received nothing$/],
    [{ ...COUNTER, unit: untyped(5) }, /^unit must be a string: received 5$/],
    [{ ...COUNTER, labelNames: ["a:b"] }, /^a label name must match .* received "a:b"$/],
    [{ ...COUNTER, labelNames: [""] }, /^a label name must match .* received ""$/],
    [{ ...COUNTER, labelNames: [untyped(null)] }, /^a label name must match .* received null$/],
    [{ ...COUNTER, labelNames: ["__name__"] }, /must not begin with "__".* received "__name__"$/],
    [
      { ...COUNTER, labelNames: ["a", "b", "a"] },
      /^labels must be distinct: received \["a","b","a"\]$/,
    ],
    [{ ...COUNTER, labelNames: ["muster_overflow"] }, /must not be named "muster_overflow"/],
    [{ ...COUNTER, labelNames: Array(65).fill("a") }, /^labels must be at most 64: received 65$/],
    [{ ...HISTOGRAM, labelNames: ["le"] }, /must not be "le".* received "le"$/],
    [{ ...PER_NODE, labelNames: ["node"] }, /must not have a label "node".* rename/],
    [{ ...HISTOGRAM, bounds: [] }, /^buckets must be 1 to 1022 finite bounds: received 0$/],
    [{ ...HISTOGRAM, bounds: Array(1023).fill(0) }, /^buckets must be 1 to 1022 .* received 1023$/],
    [{ ...HISTOGRAM, bounds: [1, Infinity] }, /^buckets must be finite .* received Infinity$/],
    [{ ...HISTOGRAM, bounds: ["1" as unknown as number] }, /^buckets must be .* received "1"$/],
    [{ ...HISTOGRAM, bounds: [NaN] }, /^buckets must be finite .* received NaN$/],
    [{ ...HISTOGRAM, bounds: [2, 1] }, /^buckets must ascend: received 1 after 2$/],
    [{ ...HISTOGRAM, bounds: [1, 1] }, /^buckets must ascend: received 1 after 1$/],
    [{ ...HISTOGRAM, bounds: [-0, 0] }, /^buckets must ascend/],
  ];
  for (const [family, problem] of cases) assertMatch(definitionProblem(family) ?? "none", problem);
});
