import { assertEquals, assertThrows } from "@std/assert";
import { exponentialBuckets, linearBuckets } from "../../src/metrics/buckets.ts";

Deno.test("linearBuckets gives bounds at equal distances", () => {
  assertEquals(linearBuckets(-1, 0.5, 4), [-1, -0.5, 0, 0.5]);
});

Deno.test("exponentialBuckets gives bounds at equal ratios", () => {
  assertEquals(exponentialBuckets(0.25, 2, 5), [0.25, 0.5, 1, 2, 4]);
});

Deno.test("linearBuckets and exponentialBuckets refuse what gives no ascending finite bounds", () => {
  const rule = "bounds must be finite and ascend: received ";
  assertThrows(() => linearBuckets(0, 0, 2), RangeError, `${rule}start 0, width 0, count 2`);
  assertThrows(() => linearBuckets(NaN, 1, 2), RangeError, "Cannot make linear buckets");
  assertThrows(() => exponentialBuckets(0, 2, 2), RangeError, `${rule}start 0, factor 2, count 2`);
  assertThrows(() => exponentialBuckets(1, 1, 2), RangeError, "Cannot make exponential buckets");
  assertThrows(() => exponentialBuckets(1, 10, 400), RangeError, rule);
  for (const count of [0, 1.5, 1023, Infinity]) {
    assertThrows(() => linearBuckets(0, 1, count), RangeError, "count must be 1 to 1022");
  }
});
