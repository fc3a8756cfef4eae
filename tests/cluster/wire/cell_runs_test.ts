import { assert, assertEquals } from "@std/assert";
import { Registry } from "../../../src/metrics/registry.ts";
import { CellRuns, changedCells } from "../../../src/cluster/wire/cell_runs.ts";
import { cellRuns, pairsOf } from "./examples.ts";

Deno.test("CellRuns keeps neighbours in one run, and grows", () => {
  const pairs = Array.from({ length: 1_000 }, (_, i) => [i * 2 - (i % 2), i] as const);
  const runs = cellRuns(...pairs);
  assertEquals(runs.cellCount, 1_000);
  assertEquals(runs.runCount, 500);
  assertEquals(pairsOf(runs), pairs.map(([cell, value]) => [cell, value]));
});

Deno.test("CellRuns.append continues a run across pages", () => {
  const runs = cellRuns([3, 1], [4, 2]);
  runs.append(cellRuns([5, 3], [9, 4]));
  assertEquals([runs.runCount, runs.end], [2, 10]);
  assertEquals(pairsOf(runs), [[3, 1], [4, 2], [5, 3], [9, 4]]);
});

Deno.test("changedCells gives the cells stamped after a seq", () => {
  const registry = new Registry();
  const [a, b] = ["a_total", "b_total"].map((name) => registry.counter({ name, help: "" }));
  a!.inc(1);
  b!.inc(2);
  registry.shard.stamp();
  b!.inc(1);
  registry.shard.stamp();
  assertEquals(pairsOf(changedCells(registry.shard, 0)), [[0, 1], [1, 3]]);
  assertEquals(pairsOf(changedCells(registry.shard, 1)), [[1, 3]]);
  assertEquals(pairsOf(changedCells(registry.shard, 2)), []);
});

Deno.test("CellRuns.from cuts cells into pages that together are all of them", () => {
  const runs = cellRuns([3, 1], [4, 2], [5, 3], [9, 4], [20, 5], [21, 6]);
  for (const cellsMax of [1, 2, 3, 5, 6, 99]) {
    const pages: (readonly (readonly [number, number])[])[] = [];
    for (let from: number | null = 0; from !== null;) {
      const { cells, nextCell } = runs.from(from, cellsMax);
      assert(cells.cellCount <= cellsMax);
      pages.push(pairsOf(cells) as [number, number][]);
      from = nextCell;
    }
    assertEquals(pages.length, Math.ceil(6 / cellsMax));
    assertEquals(pages.flat(), pairsOf(runs) as [number, number][]);
  }
});

Deno.test("CellRuns uses memory again only once it is released, and forgets its cells then", () => {
  const first = CellRuns.reused(1, 8);
  first.values[first.addRun(3, 1)] = 5;
  const second = CellRuns.reused(1, 8);
  second.values[second.addRun(4, 1)] = 6;
  assertEquals([first.values[0], second.values[0]], [5, 6]);
  const { values } = second;
  second.release();
  assertEquals([second.cellCount, second.runCount, second.end], [0, 0, 0]);
  second.release();
  const third = CellRuns.reused(1, 1);
  assertEquals(third.values === values, true);
  assertEquals(CellRuns.reused(1, 1).values === values, false, "nobody else has it");
  assertEquals(first.values[0], 5);
});

Deno.test("CellRuns that was not made to be reused stays as it is when it is released", () => {
  const runs = new CellRuns();
  runs.push(1, 2);
  runs.release();
  assertEquals([runs.cellCount, runs.values[0]], [1, 2]);
});
