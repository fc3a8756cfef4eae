import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  type LayoutAddition,
  LayoutAdditions,
} from "../../../src/cluster/wire/layout_additions.ts";

const row: fc.Arbitrary<LayoutAddition> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("series" as const),
      family: fc.nat({ max: 3 }),
      labelValues: fc.array(fc.constantFrom("a", "b"), { maxLength: 2 }),
      firstCell: fc.nat({ max: 9 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("hide" as const), series: fc.nat({ max: 9 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("void" as const),
      rows: fc.integer({ min: 1, max: 4 }),
    }),
  },
);

/** Void rows one by one. */
function spread(rows: readonly LayoutAddition[]): LayoutAddition[] {
  return rows.flatMap((row): LayoutAddition[] =>
    row.kind === "void"
      ? Array.from({ length: row.rows }, () => ({ kind: "void" as const, rows: 1 }))
      : [row]
  );
}

/** The rows of runs, one by one. */
function rowsOf(additions: LayoutAdditions, skipped: number): LayoutAddition[] {
  const rows = [...additions].filter(({ kind }) => kind === "series");
  return [...additions.runs(skipped)].flatMap((run) =>
    run.kind === "series" ? rows.slice(run.first, run.end) : [run]
  );
}

Deno.test("LayoutAdditions gives back its rows in their order, alone and in runs, from any place on", () => {
  fc.assert(fc.property(fc.array(row), fc.nat(), (rows, n) => {
    const additions = LayoutAdditions.of(rows);
    const each = spread(rows);
    assertEquals([additions.length, additions.count], [each.length, rows.length]);
    assertEquals([...additions], rows);
    const skipped = n % (each.length + 1);
    assertEquals(spread(rowsOf(additions, skipped)), each.slice(skipped));
  }));
});

Deno.test("LayoutAdditions joins neighbouring series to one run", () => {
  const series = { kind: "series", family: 0, labelValues: [], firstCell: 0 } as const;
  const hide = { kind: "hide", series: 0 } as const;
  const additions = LayoutAdditions.of([series, series, hide, series, hide, hide]);
  assertEquals([...additions.runs()], [
    { kind: "series", first: 0, end: 2 },
    hide,
    { kind: "series", first: 2, end: 3 },
    hide,
    hide,
  ]);
});

Deno.test("LayoutAdditions uses memory again only once it is released, and forgets its rows then", () => {
  const first = LayoutAdditions.reused();
  first.push({ kind: "series", family: 1, labelValues: ["x"], firstCell: 5 });
  first.push({ kind: "hide", series: 0 });
  const table = first.series;
  assertEquals(LayoutAdditions.reused().series === table, false, "it is still in use");
  first.release();
  assertEquals([first.length, [...first]], [0, []]);
  const second = LayoutAdditions.reused();
  assertEquals(second.series === table, true);
  assertEquals([second.length, second.series.stringCount], [0, 0]);
  first.release();
  assertEquals(
    LayoutAdditions.reused().series === table,
    false,
    "released once, it is the second's",
  );
});

Deno.test("LayoutAdditions keeps no more memory for the next ones than a large shard needs", () => {
  const large = LayoutAdditions.reused();
  const row = { kind: "series", family: 0, labelValues: [], firstCell: 0 } as const;
  for (let i = 0; i < 40_000; i++) large.push(row);
  const { series } = large;
  large.release();
  assertEquals(LayoutAdditions.reused().series === series, false);
});

Deno.test("LayoutAdditions that were not made to be reused stay as they are when they are released", () => {
  const additions = LayoutAdditions.of([{ kind: "created", atMs: 5 }]);
  additions.release();
  assertEquals([...additions], [{ kind: "created", atMs: 5 }]);
});
