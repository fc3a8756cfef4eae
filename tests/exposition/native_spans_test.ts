import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { spansOf } from "../../src/exposition/native_spans.ts";

Deno.test("spansOf writes gaps between spans, and counts as differences", () => {
  assertEquals(spansOf({ indexes: [], counts: [] }), { spans: [], deltas: [] });
  assertEquals(spansOf({ indexes: [-3, -2, 0, 5, 6], counts: [1, 3, 2, 2, 0] }), {
    spans: [{ offset: -3, length: 2 }, { offset: 1, length: 1 }, { offset: 4, length: 2 }],
    deltas: [1, 2, -1, 0, -2],
  });
});

Deno.test("spansOf loses no bin", () => {
  const bins = fc.uniqueArray(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.nat({ max: 9 })), {
    selector: ([index]) => index,
  }).map((bins) => bins.sort(([a], [b]) => a - b));
  fc.assert(fc.property(bins, (bins) => {
    const { spans, deltas } = spansOf({
      indexes: bins.map(([index]) => index),
      counts: bins.map(([, count]) => count),
    });
    const read: [number, number][] = [];
    let [index, count] = [0, 0];
    for (const { offset, length } of spans) {
      index += offset;
      for (let i = 0; i < length; i++) read.push([index++, count += deltas[read.length]!]);
    }
    assertEquals(read, bins);
  }));
});
