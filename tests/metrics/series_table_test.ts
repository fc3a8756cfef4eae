import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { SeriesBatch } from "../../src/metrics/series_batch.ts";
import { SeriesTable } from "../../src/metrics/series_table.ts";

interface Series {
  readonly family: number;
  readonly labelValues: readonly string[];
  readonly firstCell: number;
}

/** Few values, so that neighbours often share them. */
const series: fc.Arbitrary<Series> = fc.record({
  family: fc.nat({ max: 2 ** 31 }),
  labelValues: fc.array(fc.constantFrom("", "a", "b"), { maxLength: 3 }),
  firstCell: fc.nat({ max: 2 ** 31 }),
});

function pushAll(table: SeriesTable, all: readonly Series[]): void {
  for (const { family, labelValues, firstCell } of all) table.push(family, labelValues, firstCell);
}

/** As the wire brings them: each string once. */
function batchOf(all: readonly Series[]): SeriesBatch {
  const batch = new SeriesBatch();
  const numbers = new Map<string, number>();
  for (const { family, labelValues, firstCell } of all) {
    const labelNumbers = labelValues.map((value) => {
      if (!numbers.has(value)) numbers.set(value, batch.addString(value));
      return numbers.get(value)!;
    });
    // What stands behind the first ones is not this series'.
    batch.push(family, [...labelNumbers, 99], labelValues.length, firstCell);
  }
  return batch;
}

/** What a table holds that should hold these series. */
function held(table: SeriesTable, expected: readonly Series[]): Series[] {
  return expected.map(({ labelValues }, i) => ({
    family: table.familyOf(i),
    labelValues: table.labelValuesOf(i, labelValues.length),
    firstCell: table.firstCellOf(i),
  }));
}

Deno.test("SeriesTable keeps every series as it was given, however neighbours share label values", () => {
  fc.assert(fc.property(fc.array(series), (all) => {
    const table = new SeriesTable();
    pushAll(table, all);
    assertEquals(table.length, all.length);
    assertEquals(held(table, all), all);
  }));
});

Deno.test("SeriesBatch keeps every series as it was given, and again after it was cleared", () => {
  fc.assert(fc.property(fc.array(series), fc.array(series), (before, all) => {
    const batch = batchOf(before);
    batch.clear();
    assertEquals([batch.length, batch.stringCount], [0, 0]);
    for (const { family, labelValues, firstCell } of all) {
      batch.pushTexts(family, labelValues, firstCell);
    }
    const held = all.map((_, i) => ({
      family: batch.familyOf(i),
      labelValues: batch.labelValuesOf(i),
      firstCell: batch.firstCellOf(i),
    }));
    assertEquals(held, all);
  }));
});

Deno.test("SeriesTable.pushBatch continues a table with any part of a batch, and so does push then", () => {
  const some = fc.array(series, { maxLength: 12 });
  fc.assert(fc.property(some, some, fc.nat(), fc.nat(), some, (before, other, a, b, after) => {
    const table = new SeriesTable();
    pushAll(table, before);
    const [first, end] = [a % (other.length + 1), b % (other.length + 1)].sort((x, y) => x - y);
    table.pushBatch(batchOf(other), first!, end!);
    pushAll(table, after);
    const all = [...before, ...other.slice(first, end), ...after];
    assertEquals(table.length, all.length);
    assertEquals(held(table, all), all);
  }));
});

Deno.test("SeriesTable takes of a batch what its own series need, and nothing else", () => {
  const [one, two] = ["x", "y"].map((value, i) => ({
    family: i,
    labelValues: [value, "long".repeat(100)],
    firstCell: i,
  }));
  const batch = batchOf([one!, one!, two!]);
  batch.addString("a help text");
  const [table, whole] = [new SeriesTable(), new SeriesTable()];
  table.pushBatch(batch, 2, 3);
  pushAll(whole, [two!]);
  assertEquals(table.bytes, whole.bytes);
});

Deno.test("SeriesTable.hasLabelsOf compares label values, not where they are kept", () => {
  const labels = fc.array(fc.constantFrom("a", "b"), { minLength: 2, maxLength: 2 });
  fc.assert(fc.property(fc.array(labels, { minLength: 1 }), labels, (all, one) => {
    const table = new SeriesTable();
    for (const labelValues of all) table.push(0, labelValues, 0);
    const other = new SeriesTable();
    other.push(7, ["b", "a"], 0);
    other.push(7, one, 0);
    all.forEach((labelValues, i) => {
      assertEquals(table.hasLabelsOf(i, other, 1, 2), labelValues.join() === one.join());
    });
  }));
});

Deno.test("SeriesTable.countUpTo counts the series that begin at a cell or before it", () => {
  const table = new SeriesTable();
  for (const firstCell of [0, 3, 4, 1_024]) table.push(0, [], firstCell);
  const cells = [0, 2, 3, 4, 1_023, 1_024, 5_000];
  assertEquals(cells.map((cell) => table.countUpTo(cell)), [1, 1, 2, 3, 3, 4, 4]);
});
