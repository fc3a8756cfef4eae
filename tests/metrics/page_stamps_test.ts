import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { PAGE_CELLS } from "../../src/metrics/cells.ts";
import { PageStamps } from "../../src/metrics/page_stamps.ts";

const range = fc.tuple(fc.nat(PAGE_CELLS - 1), fc.nat(PAGE_CELLS - 1))
  .map(([a, b]) => ({ first: Math.min(a, b), end: Math.max(a, b) + 1 }));
const ranges = fc.oneof(range, fc.constant({ first: 0, end: PAGE_CELLS }));

Deno.test("PageStamps has the seq at which each cell was last stamped, however many were stamped at once", () => {
  fc.assert(fc.property(fc.array(ranges, { maxLength: 6 }), (all) => {
    const stamps = new PageStamps();
    const expected = new Array<number>(PAGE_CELLS).fill(0);
    for (const [i, { first, end }] of all.entries()) {
      stamps.stamp(i + 1, first, end);
      expected.fill(i + 1, first, end);
      assertEquals(expected.map((_, cell) => stamps.at(cell)), expected);
      const { common } = stamps;
      if (common === null) continue;
      assertEquals(
        expected.map((_, cell) => +(cell >= stamps.first && cell < stamps.end) * common),
        expected,
      );
    }
    assertEquals([...stamps.each()], expected);
  }));
});

Deno.test("PageStamps takes no memory while all cells that were ever stamped were stamped at once", () => {
  const stamps = new PageStamps();
  stamps.stamp(1, 0, 1_000);
  stamps.stamp(2, 0, 1_020);
  assertEquals([stamps.common, stamps.byteLength], [2, 0]);
  stamps.stamp(3, 5, 6);
  assertEquals([stamps.common, stamps.byteLength], [null, 4 * PAGE_CELLS]);
  stamps.stamp(4, 0, 1_020);
  assertEquals(stamps.common, 4);
});
