import { assertEquals } from "@std/assert";
import fc from "fast-check";
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

function pushAll(table: SeriesTable, all: readonly Series[]): SeriesTable {
  for (const { family, labelValues, firstCell } of all) table.push(family, labelValues, firstCell);
  return table;
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
    const table = pushAll(new SeriesTable(), all);
    assertEquals(table.length, all.length);
    assertEquals(held(table, all), all);
  }));
});

Deno.test("SeriesTable.pushNumbers keeps what SeriesTable.push keeps", () => {
  fc.assert(fc.property(fc.array(series), (all) => {
    const table = new SeriesTable();
    const numbers = new Map<string, number>();
    for (const { family, labelValues, firstCell } of all) {
      const labelNumbers = labelValues.map((value) => {
        if (!numbers.has(value)) numbers.set(value, table.addString(value));
        return numbers.get(value)!;
      });
      table.pushNumbers(family, [...labelNumbers, 99], labelValues.length, firstCell);
    }
    assertEquals(held(table, all), all);
  }));
});

Deno.test("SeriesTable.pushRange continues a table with any part of another, and so does push then", () => {
  const some = fc.array(series, { maxLength: 12 });
  fc.assert(fc.property(some, some, fc.nat(), fc.nat(), some, (before, other, a, b, after) => {
    const table = pushAll(new SeriesTable(), before);
    const from = pushAll(new SeriesTable(), other);
    const [first, last] = [a % (other.length + 1), b % (other.length + 1)].sort((x, y) => x - y);
    const part = other.slice(first, last);
    if (part.length > 0) {
      const shift = table.takeStrings(from);
      table.pushRange(from, first!, last!, part.at(-1)!.labelValues.length, shift);
    }
    pushAll(table, after);
    const all = [...before, ...part, ...after];
    assertEquals(table.length, all.length);
    assertEquals(held(table, all), all);
  }));
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
  assertEquals([0, 2, 3, 4, 1_023, 1_024, 5_000].map((cell) => table.countUpTo(cell)), [
    1,
    1,
    2,
    3,
    3,
    4,
    4,
  ]);
});

Deno.test("SeriesTable shares the label values of neighbours, and starts afresh when it is cleared", () => {
  const table = new SeriesTable();
  table.push(0, ["GET", "/"], 0);
  const { bytes } = table;
  table.push(1, ["GET", "/"], 1);
  assertEquals(table.bytes - bytes, 12, "a row, and nothing more");
  table.clear();
  assertEquals([table.length, table.stringCount, table.bytes], [0, 0, 0]);
  table.push(3, ["POST", "/"], 9);
  assertEquals(table.labelValuesOf(0, 2), ["POST", "/"]);
});
