import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Cells, indexOf, PAGE_CELLS, pageOf } from "../../src/metrics/cells.ts";

Deno.test("Cells leaves a hole where neighbours would cross a page", () => {
  const cells = new Cells();
  assertEquals(cells.allocate(PAGE_CELLS - 2), 0);
  assertEquals(cells.allocate(3), PAGE_CELLS);
  assertEquals(cells.length, PAGE_CELLS + 3);
  assertEquals([cells.get(PAGE_CELLS - 2), cells.get(PAGE_CELLS - 1)], [0, 0]);
});

Deno.test("Cells fills a page to its last cell before it begins another", () => {
  const cells = new Cells();
  cells.allocate(PAGE_CELLS - 3);
  assertEquals(cells.allocate(3), PAGE_CELLS - 3);
  assertEquals(cells.pages.length, 1);
  assertEquals(cells.allocate(1), PAGE_CELLS);
  assertEquals(cells.pages.length, 2);
});

Deno.test("Cells gives every allocation its own neighbouring cells in one page", () => {
  fc.assert(fc.property(
    fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: PAGE_CELLS })), {
      maxLength: 40,
    }),
    (counts) => {
      const cells = new Cells();
      let end = 0;
      for (const count of counts) {
        const first = cells.allocate(count);
        assertEquals(first >= end, true, "overlaps the one before");
        assertEquals(pageOf(first), pageOf(first + count - 1), "crosses a page");
        end = first + count;
        assertEquals(cells.length, end);
      }
      assertEquals(cells.pages.length, Math.ceil(end / PAGE_CELLS));
    },
  ));
});

Deno.test("Cells never moves a page, however much it grows", () => {
  const cells = new Cells();
  const cell = cells.allocate(1);
  const page = cells.pages[pageOf(cell)]!;
  page[indexOf(cell)] = 5;
  cells.extendTo(100 * PAGE_CELLS);
  assertStrictEquals(cells.pages[pageOf(cell)], page);
  assertEquals(cells.get(cell), 5);
});

Deno.test("Cells reads zero where there is no cell, and what was set where there is", () => {
  const cells = new Cells();
  assertEquals(cells.get(5_000), 0);
  cells.extendTo(2_000);
  cells.set(1_999, -7.5);
  assertEquals([cells.get(1_999), cells.get(1_998)], [-7.5, 0]);
  cells.extendTo(10);
  assertEquals(cells.length, 2_000, "extendTo never shrinks");
});

Deno.test("Cells refuses counts that no page holds", () => {
  for (const count of [0, -1, PAGE_CELLS + 1]) {
    assertThrows(
      () => new Cells().allocate(count),
      RangeError,
      `Cannot allocate cells: count must be 1 to ${PAGE_CELLS}: received ${count}`,
    );
  }
});

Deno.test("Cells made many pages at once are as apart as those made one by one", () => {
  const cells = new Cells();
  cells.extendTo(1);
  cells.extendTo(4 * PAGE_CELLS);
  assertEquals(cells.pages.map((page) => page.length), Array(4).fill(PAGE_CELLS));
  for (let page = 0; page < 4; page++) cells.set(page * PAGE_CELLS + 5, page + 1);
  assertEquals(cells.pages.map((page) => page.reduce((sum, cell) => sum + cell)), [1, 2, 3, 4]);
  const numbers = cells.pages.map((page) => cells.cellAt(page, 5));
  assertEquals(numbers, [0, 1, 2, 3].map((page) => page * PAGE_CELLS + 5));
});
