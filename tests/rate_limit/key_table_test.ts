import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { KeyTable } from "../../src/rate_limit/key_table.ts";
import type { Rows } from "../../src/rate_limit/table_segment.ts";

/** Rows of one cell, which is the time when they expire. */
class Expiring implements Rows {
  readonly width = 1;
  nowMs = 0;

  msLeft(cells: Float64Array, at: number): number {
    return cells[at]! - this.nowMs;
  }
}

function put(table: KeyTable, key: number, untilMs: number): void {
  set(table, halves(key), untilMs);
}

function get(table: KeyTable, key: number): number | undefined {
  const [lo, hi] = halves(key);
  const segment = table.segmentOf(hi);
  const at = segment.find(lo, hi);
  return at < 0 ? undefined : segment.cells[at];
}

function set(table: KeyTable, [lo, hi]: readonly [number, number], untilMs: number): void {
  const segment = table.segmentOf(hi);
  const found = segment.find(lo, hi);
  const at = found < 0 ? segment.claim(lo, hi) : found;
  segment.cells[at] = untilMs;
}

/** Few home slots, so that keys are in each other's way; 0 has the fingerprint that marks a free slot. */
function halves(key: number): [number, number] {
  return [key % 7, key];
}

Deno.test("KeyTable holds what a Map holds, whatever expires meanwhile", () => {
  const step = fc.record({
    key: fc.nat(200),
    lifeMs: fc.integer({ min: 1, max: 300 }),
    passMs: fc.nat(5),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 400, size: "max" }), (steps) => {
    const rows = new Expiring();
    const table = new KeyTable({ rows, keysMax: 1_000 });
    const model = new Map<number, number>();
    for (const { key, lifeMs, passMs } of steps) {
      rows.nowMs += passMs;
      put(table, key, rows.nowMs + lifeMs);
      model.set(key, rows.nowMs + lifeMs);
      if (key % 10 === 0) table.sweep();
      for (const [known, untilMs] of model) {
        if (untilMs > rows.nowMs) assertEquals(get(table, known), untilMs);
      }
    }
    assertEquals(table.evictions, 0);
  }));
});

Deno.test("a full table forgets what expires first, and counts it", () => {
  const rows = new Expiring();
  const table = new KeyTable({ rows, keysMax: 1_000 });
  for (let key = 1; key <= 5_000; key++) put(table, key, 10_000 + key);
  assert(table.size >= 875 && table.size <= 1_250, `${table.size}`);
  assertEquals(table.evictions, 5_000 - table.size);
  // Whoever owes most stays: the newest thousand expire last.
  let kept = 0;
  for (let key = 4_300; key <= 5_000; key++) if (get(table, key) === 10_000 + key) kept++;
  assert(kept > 690, `${kept}`);
});

Deno.test("keys below the promised number are never forgotten", () => {
  const rows = new Expiring();
  const table = new KeyTable({ rows, keysMax: 100_000 });
  for (let i = 0; i < 100_000; i++) {
    const mixed = Math.imul(i + 1, 0x9e3779b1);
    const lo = mixed ^ mixed >>> 15, hi = Math.imul(i, 0x85ebca6b);
    set(table, [lo, hi], 1);
  }
  assertEquals([table.size, table.evictions], [100_000, 0]);
});

Deno.test("memory of expired keys is used again, and given back by sweeps", () => {
  const rows = new Expiring();
  const table = new KeyTable({ rows, keysMax: 100_000 });
  for (let round = 0; round < 20; round++) {
    rows.nowMs += 1_000;
    for (let key = 1; key <= 5_000; key++) put(table, round * 5_000 + key, rows.nowMs + 500);
  }
  assert(table.size <= 20_000, `${table.size}`);
  assertEquals(table.evictions, 0);
  const bytes = table.bytes;
  rows.nowMs += 1_000;
  for (let i = 0; i < 10; i++) table.sweep();
  assertEquals(table.size, 0);
  assert(table.bytes < bytes / 10, `${table.bytes} of ${bytes}`);
});
