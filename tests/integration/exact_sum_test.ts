import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { exactSum } from "./exact_sum.ts";

Deno.test("exactSum rounds the true sum once", () => {
  const tenths = Array<number>(10).fill(0.1);
  assertEquals(exactSum(tenths), 1);
  assertEquals(exactSum([1e16, 1, 1, -1e16]), 2);
  assertEquals(exactSum([2 ** 53, 1]), 2 ** 53);
  assertEquals(exactSum([2 ** 53, 1, 2 ** -1074]), 2 ** 53 + 2);
  assertEquals(exactSum([Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324]), 5e-324);
});

Deno.test("exactSum of one or two values is what IEEE 754 says", () => {
  const finite = fc.double({ noDefaultInfinity: true, noNaN: true });
  fc.assert(fc.property(finite, (a) => assertEquals(exactSum([a]), a + 0)));
  const moderate = fc.double({ min: -1e300, max: 1e300, noNaN: true });
  fc.assert(fc.property(moderate, moderate, (a, b) => assertEquals(exactSum([a, b]), a + b + 0)));
});
