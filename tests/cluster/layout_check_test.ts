import { assertEquals } from "@std/assert";
import { checkAdditions, GROWING, STATE } from "../../src/cluster/layout_check.ts";
import { type LayoutAddition, LayoutAdditions } from "../../src/cluster/wire/layout_additions.ts";
import type { FamilyDef } from "../../src/metrics/family.ts";
import { Layout } from "../../src/metrics/layout.ts";

const COUNTER: FamilyDef = {
  name: "c_total",
  help: "",
  type: "counter",
  unit: "",
  merge: "add",
  labelNames: ["l"],
  bounds: [],
};
const HISTOGRAM: FamilyDef = {
  ...COUNTER,
  name: "h",
  type: "histogram",
  labelNames: [],
  bounds: [1, 2],
};

function family(change: Partial<FamilyDef>): LayoutAddition {
  return { kind: "family", family: { ...COUNTER, ...change } };
}

function series(number: number, firstCell: number, ...labelValues: string[]): LayoutAddition {
  return { kind: "series", family: number, labelValues, firstCell };
}

Deno.test("checkAdditions refuses rows that no registry makes, and says which rule they break", () => {
  const table: readonly (readonly [string, readonly LayoutAddition[]])[] = [
    ["name must match", [family({ name: "no name" })]],
    ["label", [family({ labelNames: ["__name__"] })]],
    ["must merge as its type does", [family({ merge: "max" })]],
    ["must merge as its type does", [family({ type: "gauge" })]],
    ["buckets must ascend", [family({ ...HISTOGRAM, bounds: [2, 1] })]],
    ["must be known: received number 1", [family({}), series(1, 0, "x")]],
    ["must have 1 label values: received 0", [family({}), series(0, 0)]],
    ["must follow the ones before", [family({}), series(0, 0, "x"), series(0, 0, "y")]],
    ["must follow the ones before", [family({}), series(0, 1_025, "x")]],
    ["must be in one page", [{ kind: "family", family: HISTOGRAM }, series(0, 1_022)]],
    ["at most 1500 cells", [family({}), series(0, 1_000, "x"), series(0, 1_500, "y")]],
    ["a sum can be state where there is one", [
      family({}),
      series(0, 0, "x"),
      { kind: "sum_is_state", series: 0 },
    ]],
    ["a sum can be state where there is one", [{ kind: "sum_is_state", series: 7 }]],
    ["must be known to be hidden or shown", [{ kind: "show", series: 7 }]],
    ["void rows must be at least 1", [{ kind: "void", rows: 0 }]],
    ["rows at most 2147483648", [{ kind: "void", rows: 2 ** 31 }, { kind: "void", rows: 1 }]],
  ];
  for (const [rule, additions] of table) {
    const verdict = checkAdditions(new Layout(), 0, LayoutAdditions.of(additions), 1_500);
    const reason = verdict.kind === "invalid" ? verdict.reason : verdict.kind;
    assertEquals(reason.includes(rule), true, `${reason} should say: ${rule}`);
  }
});

Deno.test("checkAdditions says which cells only grow: not a hole's, not a sum's that is state", () => {
  const additions = LayoutAdditions.of([
    family({}),
    series(0, 0, "x"),
    { kind: "family", family: HISTOGRAM },
    series(1, 3),
    { kind: "sum_is_state", series: 1 },
  ]);
  const verdict = checkAdditions(new Layout(), 0, additions, 100);
  const kinds = verdict.kind === "valid" ? [...verdict.changes.added] : [];
  assertEquals(kinds, [GROWING, STATE, STATE, GROWING, GROWING, GROWING, STATE]);
});

Deno.test("checkAdditions turns the sum of a series known before to state, and changes no layout", () => {
  const layout = new Layout();
  layout.addSeries(layout.addFamily(HISTOGRAM), [], 0);
  const additions = LayoutAdditions.of([{ kind: "sum_is_state", series: 0 }]);
  const verdict = checkAdditions(layout, 4, additions, 100);
  assertEquals(verdict.kind === "valid" && verdict.changes.toState, [3]);
  assertEquals([layout.revision, layout.isSumState(0)], [2, false]);
});

Deno.test("checkAdditions takes the label of the overflow series, and only there", () => {
  const kindOf = (...labelNames: string[]) =>
    checkAdditions(new Layout(), 0, LayoutAdditions.of([family({ labelNames })]), 9).kind;
  assertEquals(kindOf("muster_overflow"), "valid");
  assertEquals(kindOf("l", "muster_overflow"), "invalid");
});
