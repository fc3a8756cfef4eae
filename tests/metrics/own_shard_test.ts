import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { Registry } from "../../src/metrics/registry.ts";
import { PAGE_CELLS } from "../../src/metrics/cells.ts";
import { OwnShard } from "../../src/metrics/own_shard.ts";

function published(shard: OwnShard): number[] {
  return shard.pages.flatMap((page) => [...page]).slice(0, shard.cellCount);
}

function stamps(shard: OwnShard): number[] {
  return shard.stamps.flatMap((page) => [...page.each()]).slice(0, shard.cellCount);
}

Deno.test("OwnShard.stamp publishes what changed, stamps it with the new seq, and leaves the rest", () => {
  const shard = new OwnShard();
  shard.live.allocate(3);
  shard.live.set(0, 5);
  assertEquals(shard.stamp(), 1);
  shard.live.set(2, 7);
  assertEquals(published(shard), [5, 0, 0], "nothing shows before it is stamped");
  assertEquals(shard.stamp(), 1);
  assertEquals(published(shard), [5, 0, 7]);
  assertEquals(stamps(shard), [1, 0, 2]);
});

Deno.test("OwnShard.stamp raises the seq also when nothing changed: it is the heartbeat", () => {
  const shard = new OwnShard();
  assertEquals([shard.stamp(), shard.stamp(), shard.seq], [0, 0, 2]);
});

Deno.test("OwnShard.stamp withholds values that are not finite, and counts them anew each time", () => {
  const shard = new OwnShard();
  shard.live.allocate(4);
  [1, 2, 3, 4].forEach((value, cell) => shard.live.set(cell, value));
  shard.stamp();
  [Infinity, -Infinity, NaN, 5].forEach((value, cell) => shard.live.set(cell, value));
  assertEquals(shard.stamp(), 1);
  assertEquals(published(shard), [1, 2, 3, 5]);
  assertEquals(stamps(shard), [1, 1, 1, 2]);
  assertEquals(shard.withheldCells, 3);
  shard.live.set(0, 10);
  shard.stamp();
  assertEquals(published(shard), [10, 2, 3, 5]);
  assertEquals(shard.withheldCells, 2);
});

Deno.test("OwnShard.stamp does not take -0 for a change of 0", () => {
  const shard = new OwnShard();
  shard.live.allocate(1);
  shard.live.set(0, -0);
  assertEquals(shard.stamp(), 0);
});

Deno.test("OwnShard never moves a published page", () => {
  const shard = new OwnShard();
  shard.live.allocate(1);
  shard.stamp();
  const [page] = shard.pages;
  shard.live.extendTo(20 * PAGE_CELLS);
  shard.stamp();
  assertStrictEquals(shard.pages[0], page);
  assertEquals([shard.pages.length, shard.stamps.length], [20, 20]);
});

Deno.test("OwnShard's changes since any seq are exactly the cells stamped after it", () => {
  const rounds = fc.array(
    fc.array(fc.tuple(fc.nat({ max: 2 * PAGE_CELLS - 1 }), fc.integer()), { maxLength: 10 }),
    { maxLength: 6 },
  );
  fc.assert(fc.property(rounds, fc.nat({ max: 6 }), (writes, since) => {
    const shard = new OwnShard();
    shard.live.extendTo(2 * PAGE_CELLS);
    const history: number[][] = [];
    shard.stamp();
    history.push(published(shard));
    for (const round of writes) {
      for (const [cell, value] of round) shard.live.set(cell, value);
      shard.stamp();
      history.push(published(shard));
    }
    const from = Math.min(since, history.length - 1);
    const old = history[from]!.slice();
    const stamped = stamps(shard);
    published(shard).forEach((value, cell) => {
      if (stamped[cell]! > from + 1) old[cell] = value;
    });
    assertEquals(old, published(shard));
  }));
});

Deno.test("OwnShard.restart publishes what growing cells get from there on, and everything else as it is", () => {
  const registry = new Registry();
  const { shard } = registry;
  const counter = registry.counter({ name: "c_total", help: "C." });
  const gauge = registry.gauge({ name: "g", help: "G." });
  const histogram = registry.histogram({ name: "h", help: "H.", buckets: [1] });
  const native = registry.nativeHistogram({ name: "n", help: "N." });
  counter.inc(5.5);
  gauge.set(7);
  for (const value of [0.5, 3]) histogram.observe(value);
  native.observe(2);
  shard.stamp();
  const before = published(shard).slice(0, shard.cellCount);
  shard.restart();
  shard.stamp();
  const rest = published(shard).slice(0, shard.cellCount);
  const gaugeAt = before.indexOf(7);
  assertEquals(rest, before.map((_, cell) => cell === gaugeAt ? 7 : 0));
  counter.inc(2);
  histogram.observe(0.25);
  native.observe(2);
  shard.stamp();
  const now = published(shard).slice(0, shard.cellCount);
  assertEquals(now[0], 2);
  assertEquals(now.slice(2), [1, 0, 0.25, 2, 0, 1], "buckets and sum; sum, zero bin and bin");
  assertEquals(counter.value, 7.5, "the metric itself notices nothing");
  shard.restart();
  shard.stamp();
  assertEquals(published(shard)[0], 0, "a second time too");
});

Deno.test("OwnShard.snapshot stays as it is, whatever is stamped and held later", () => {
  const cells = fc.integer({ min: 0, max: 3 * PAGE_CELLS - 1 });
  const step = fc.record({ cell: cells, isHeld: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const shard = new OwnShard();
      shard.live.extendTo(3 * PAGE_CELLS);
      shard.stamp();
      const expected = new Array(3 * PAGE_CELLS).fill(0);
      const held: { pages: readonly Float64Array[]; values: number[]; seq: number }[] = [];
      for (const { cell, isHeld } of steps) {
        shard.live.set(cell, ++expected[cell]);
        shard.stamp();
        assertEquals(published(shard), expected);
        if (!isHeld) continue;
        const { pages, seq } = shard.snapshot();
        held.push({ pages, seq, values: [...expected] });
      }
      for (const { pages, values } of held) {
        assertEquals(pages.flatMap((page) => [...page]), values);
      }
      assertEquals(
        held.map(({ seq }) => seq),
        held.map(({ seq }) => seq).toSorted((a, b) => a - b),
      );
    }),
    { numRuns: 20 },
  );
});

Deno.test("OwnShard.snapshot shares the pages that do not change", () => {
  const shard = new OwnShard();
  shard.live.extendTo(2 * PAGE_CELLS);
  shard.stamp();
  const { pages } = shard.snapshot();
  shard.live.set(PAGE_CELLS, 1);
  shard.stamp();
  assertStrictEquals(shard.pages[0], pages[0]);
  assertEquals([shard.pages[1]![0], pages[1]![0]], [1, 0]);
});
