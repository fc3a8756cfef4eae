import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { RowLog } from "../../src/metrics/row_log.ts";

/** A row that is pushed, so many that were dropped, or a dropping of some that are before a place. */
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ push: fc.nat({ max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ pushDropped: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ drop: fc.nat({ max: 9 }), end: fc.nat({ max: 60 }) }) },
);

Deno.test("RowLog keeps every row at its place, and of dropped ones how many there were", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const log = new RowLog();
    const rows: (number | null)[] = [];
    for (const one of steps) {
      if ("push" in one) {
        log.push(one.push);
        rows.push(one.push);
      } else if ("pushDropped" in one) {
        log.pushDropped(one.pushDropped);
        for (let i = 0; i < one.pushDropped; i++) rows.push(null);
      } else {
        const asked: number[] = [];
        log.drop(one.end, (row) => {
          asked.push(row);
          return row === one.drop;
        });
        assertEquals(asked, rows.slice(0, one.end).filter((row) => row !== null).reverse());
        for (let at = 0; at < Math.min(one.end, rows.length); at++) {
          if (rows[at] === one.drop) rows[at] = null;
        }
      }
    }
    assertEquals([log.length, log.keptCount], [
      rows.length,
      rows.filter((row) => row !== null).length,
    ]);
    rows.forEach((row, at) => {
      assertEquals(log.at(at), row);
      const next = rows.findIndex((later, place) => place >= at && later !== null);
      assertEquals(log.droppedFrom(at), (next < 0 ? rows.length : next) - at);
    });
  }));
});
