import { assertEquals } from "@std/assert";
import type { FamilyDef } from "../../src/metrics/family.ts";
import { Layout, ROW_FAMILY, ROW_SERIES, ROW_SUM_IS_STATE } from "../../src/metrics/layout.ts";

const COUNTER: FamilyDef = {
  name: "c_total",
  help: "C.",
  type: "counter",
  unit: "",
  merge: "add",
  labelNames: ["a"],
  bounds: [],
};
const HISTOGRAM: FamilyDef = { ...COUNTER, name: "h", type: "histogram", bounds: [1, 2] };

function filled(): Layout {
  const layout = new Layout();
  const counter = layout.addFamily(COUNTER);
  layout.addSeries(counter, ["x"], 0);
  const histogram = layout.addFamily(HISTOGRAM);
  layout.addSeries(histogram, ["y"], 1);
  layout.setSumIsState(1);
  layout.addSeries(counter, ["z"], 5);
  return layout;
}

Deno.test("Layout logs every change as one row, in the order of the changes", () => {
  const layout = filled();
  assertEquals(layout.revision, 6);
  assertEquals(Array.from({ length: 6 }, (_, at) => layout.row(at)), [
    { kind: ROW_FAMILY, subject: 0 },
    { kind: ROW_SERIES, subject: 0 },
    { kind: ROW_FAMILY, subject: 1 },
    { kind: ROW_SERIES, subject: 1 },
    { kind: ROW_SUM_IS_STATE, subject: 1 },
    { kind: ROW_SERIES, subject: 2 },
  ]);
});

Deno.test("Layout numbers series over all families and knows where each one's cells are", () => {
  const layout = filled();
  assertEquals(layout.seriesCount, 3);
  assertEquals([0, 1, 2].map((series) => layout.familyOf(series)), [0, 1, 0]);
  assertEquals([0, 1, 2].map((series) => layout.labelValuesOf(series)), [["x"], ["y"], ["z"]]);
  assertEquals([0, 1, 2].map((series) => layout.firstCellOf(series)), [0, 1, 5]);
  assertEquals([0, 1, 2].map((series) => layout.cellCountOf(series)), [1, 4, 1]);
  assertEquals(layout.cellsEnd, 6);
  assertEquals(layout.families, [COUNTER, HISTOGRAM]);
});

Deno.test("Layout keeps label values apart that are laid out side by side, and finds equal ones", () => {
  const layout = new Layout();
  const two = layout.addFamily({ ...COUNTER, labelNames: ["a", "b"] });
  const one = layout.addFamily({ ...COUNTER, name: "d_total" });
  const none = layout.addFamily({ ...COUNTER, name: "e_total", labelNames: [] });
  const sets = [["x", "y"], ["x", "y"], ["y"], ["x", "y"], [], ["y"], ["y"], ["y", "x"]];
  const families = [two, two, one, two, none, one, one, two];
  sets.forEach((values, i) => layout.addSeries(families[i]!, values, i));
  assertEquals(sets.map((_, i) => layout.labelValuesOf(i)), sets);
  const equals = [1, 3, 7].map((series) => layout.hasLabelsOf(0, layout, series));
  assertEquals(equals, [true, true, false]);
  assertEquals(sets.map((_, i) => layout.seriesAt(i)), sets.map((_, i) => i));
});

Deno.test("Layout knows whose a cell is: a series' own, a bin's, or nobody's", () => {
  const layout = new Layout();
  const counter = layout.addFamily(COUNTER);
  const histogram = layout.addFamily(HISTOGRAM);
  const native = layout.addFamily({ ...COUNTER, name: "n", type: "native_histogram" });
  layout.addSeries(histogram, ["x"], 1);
  layout.addSeries(native, ["x"], 5);
  layout.addBin(1, { schema: 3, sign: 1, index: 0 }, 6);
  layout.addSeries(counter, ["x"], 8);
  layout.addBin(1, { schema: 3, sign: 1, index: 1 }, 9);
  const owners = Array.from({ length: 11 }, (_, cell) => layout.ownerOf(cell));
  assertEquals(owners.map((owner) => owner?.series ?? null), [
    ...[null, 0, 0, 0, 0],
    ...[1, 1, null, 2, 1, null],
  ]);
  assertEquals(owners.map((owner) => owner?.offset ?? null), [
    ...[null, 0, 1, 2, 3],
    ...[0, null, null, 0, null, null],
  ]);
});

Deno.test("Layout marks a sum as state once", () => {
  const layout = filled();
  layout.setSumIsState(1);
  assertEquals(layout.revision, 6);
  assertEquals([0, 1, 2].map((series) => layout.isSumState(series)), [false, true, false]);
});

Deno.test("Layout ends at cell 0 while it has no series", () => {
  const layout = new Layout();
  assertEquals([layout.cellsEnd, layout.revision, layout.seriesCount], [0, 0, 0]);
  layout.addFamily(HISTOGRAM);
  assertEquals(layout.cellsEnd, 0);
});
