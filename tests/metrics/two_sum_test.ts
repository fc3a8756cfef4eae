import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  addCells,
  addFourCells,
  addLowHalves,
  type Pairs,
  roundPairs,
  sumError,
} from "../../src/metrics/two_sum.ts";

/** 2^1074 times a finite float64, which is an integer. */
function scaled(value: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const raw = bits.getBigUint64(0);
  const exponent = (raw >> 52n) & 0x7ffn;
  const fraction = raw & 0xfffffffffffffn;
  const size = exponent === 0n ? fraction : (fraction | 1n << 52n) << (exponent - 1n);
  return raw >> 63n === 1n ? -size : size;
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 });
/** Reals of one metric: nine orders of magnitude and zero. */
const amount = fc.oneof(
  fc.constant(0),
  fc.double({ noNaN: true, min: 1e-3, max: 1e6 }),
  fc.integer({ min: 1, max: 2 ** 30 }),
);

function total(values: readonly number[]): { high: number; low: number } {
  const pairs: Pairs = { high: new Float64Array(1), low: new Float64Array(1) };
  for (const value of values) addCells(pairs, 0, Float64Array.of(value), 0, 1);
  roundPairs(pairs, 1);
  return { high: pairs.high[0]!, low: pairs.low[0]! };
}

Deno.test("sumError and the rounded sum together are the exact sum", () => {
  fc.assert(fc.property(finite, finite, (a, b) => {
    const sum = a + b;
    assertEquals(scaled(sum) + scaled(sumError(a, b, sum)), scaled(a) + scaled(b));
  }));
});

Deno.test("addCells keeps the exact total of many cells in the two halves", () => {
  fc.assert(fc.property(fc.array(amount, { maxLength: 200 }), (values) => {
    const { high, low } = total(values);
    const exact = values.reduce((sum, value) => sum + scaled(value), 0n);
    assertEquals(scaled(high) + scaled(low), exact);
  }));
});

Deno.test("roundPairs makes the high half the exact total, rounded once", () => {
  fc.assert(fc.property(fc.array(amount, { maxLength: 200 }), (values) => {
    // Multiples of 2^-62 throughout, so that the scaled total is an integer that Number rounds.
    const exact = values.reduce((sum, value) => sum + scaled(value), 0n) >> (1074n - 62n);
    assertEquals(total(values).high, Number(exact) / 2 ** 62);
  }));
});

Deno.test("addCells adds a run of neighbours and leaves the other pairs alone", () => {
  const pairs: Pairs = { high: Float64Array.of(1, 2, 3, 4), low: new Float64Array(4) };
  addCells(pairs, 1, Float64Array.of(10, 20, 30, 40), 2, 2);
  assertEquals([...pairs.high], [1, 32, 43, 4]);
});

Deno.test("addFourCells leaves the bits that addCells leaves, called for one page after another", () => {
  const cells = fc.array(fc.oneof(finite, amount), { minLength: 6, maxLength: 6 });
  const six = cells.map((values) => Float64Array.from(values));
  fc.assert(fc.property(six, six, six, six, six, six, (high, low, a, b, c, d) => {
    const expected: Pairs = { high: high.slice(), low: low.slice() };
    for (const page of [a, b, c, d]) addCells(expected, 1, page, 2, 4);
    addFourCells({ high, low }, 1, [a, b, c, d], 2, 4);
    assertEquals({ high, low }, expected);
  }));
});

Deno.test("addLowHalves restores what an earlier sum was rounded by", () => {
  const values = [0.1, 0.2, 0.3, 1e6 + 0.7];
  const half = total(values.slice(1));
  const pairs: Pairs = { high: Float64Array.of(half.high), low: new Float64Array(1) };
  addLowHalves(pairs, 0, Float64Array.of(half.low), 0, 1);
  addCells(pairs, 0, Float64Array.of(values[0]!), 0, 1);
  roundPairs(pairs, 1);
  assertEquals({ high: pairs.high[0], low: pairs.low[0] }, total(values));
});

Deno.test("roundPairs gives an infinite total where it is beyond the largest float64, never NaN", () => {
  assertEquals(total([Number.MAX_VALUE, Number.MAX_VALUE, 1]), { high: Infinity, low: 0 });
});
