import { assert, assertEquals } from "@std/assert";
import { PAGE_CELLS } from "../../../src/metrics/cells.ts";
import { Registry } from "../../../src/metrics/registry.ts";
import { changedCells } from "../../../src/cluster/wire/cell_runs.ts";
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
  assertEquals(pairsOf(changedCells(registry.shard, 0, 0, 99_999).cells), [[0, 1], [1, 3]]);
  assertEquals(pairsOf(changedCells(registry.shard, 1, 0, 99_999).cells), [[1, 3]]);
  assertEquals(pairsOf(changedCells(registry.shard, 2, 0, 99_999).cells), []);
});

Deno.test("changedCells never cuts a series in two, so that no count differs from its buckets", () => {
  const registry = new Registry();
  const family = registry.histogram({
    name: "h_seconds",
    help: "",
    buckets: [1, 2, 3, 4, 5],
    labels: ["i"],
  });
  for (let i = 0; i < 1_000; i++) family.observe({ i }, 1 + i % 6);
  registry.shard.stamp();
  const { shard } = registry;
  const starts = new Set(
    Array.from({ length: 1_000 }, (_, series) => shard.layout.firstCellOf(series)),
  );
  let pages = 0;
  for (let from: number | null = 0; from !== null; pages++) {
    assert(starts.has(from) || from % PAGE_CELLS === 0, `a page begins at cell ${from}`);
    const { cells, nextCell } = changedCells(shard, 0, from, 1_501);
    assert(cells.cellCount <= 1_501);
    from = nextCell;
  }
  assert(pages >= 2);
});
