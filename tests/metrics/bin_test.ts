import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  atSchema,
  BIN_INDEX_MAX,
  binIndex,
  relativeErrorOf,
  SCHEMA_MAX,
  SCHEMA_MIN,
  upperBound,
  ZERO_THRESHOLD,
} from "../../src/metrics/bin.ts";

const schema = fc.integer({ min: SCHEMA_MIN, max: SCHEMA_MAX });
const value = fc.oneof(
  fc.double({ min: 1e-38, max: 1e308, noNaN: true }),
  fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
  fc.integer({ min: -127, max: 1023 }).map((exponent) => 2 ** exponent),
).filter((it) => it > ZERO_THRESHOLD);

Deno.test("binIndex gives the bin whose upper bound is the first not below the value", () => {
  fc.assert(fc.property(value, schema, (it, s) => {
    const index = binIndex(it, s);
    // Bounds are computed by another way here, which may differ in the last bit.
    const slack = 1 + 1e-12;
    assert(it <= upperBound(index, s) * slack, `${it} is above bin ${index} of schema ${s}`);
    assert(it * slack > upperBound(index - 1, s), `${it} is below bin ${index} of schema ${s}`);
  }));
});

Deno.test("binIndex counts a power of two to the bin that it bounds, at every schema", () => {
  for (let exponent = -127; exponent < 1024; exponent++) {
    for (let s = 0; s <= SCHEMA_MAX; s++) {
      assertEquals(binIndex(2 ** exponent, s), exponent << s, `2^${exponent}, schema ${s}`);
    }
    for (let s = SCHEMA_MIN; s < 0; s++) {
      assertEquals(
        binIndex(2 ** exponent, s),
        Math.ceil(exponent / 2 ** -s),
        `2^${exponent}, ${s}`,
      );
    }
  }
});

Deno.test("binIndex agrees with Prometheus's clients on values of the specification's kind", () => {
  const cases: [number, number, number][] = [
    [1, 0, 0],
    [1.5, 0, 1],
    [2, 0, 1],
    [2.1, 0, 2],
    [0.5, 0, -1],
    [0.4, 0, -1],
    [1.2, 3, 3],
    [100, 3, 54],
    [0.005, 3, -61],
    [3, -1, 1],
    [4, -1, 1],
    [5, -1, 2],
    [70_000, -4, 2],
  ];
  for (const [it, s, index] of cases) assertEquals(binIndex(it, s), index, `${it}, schema ${s}`);
});

Deno.test("binIndex stays within BIN_INDEX_MAX for every value that is not in the zero bin", () => {
  for (const it of [Number.MAX_VALUE, ZERO_THRESHOLD * 1.0001]) {
    assert(Math.abs(binIndex(it, SCHEMA_MAX)) <= BIN_INDEX_MAX);
  }
});

Deno.test("atSchema gives the same bin whether a value is counted at a schema or brought there later", () => {
  fc.assert(fc.property(value, schema, schema, (it, a, b) => {
    const [from, to] = a > b ? [a, b] : [b, a];
    assertEquals(atSchema(binIndex(it, from), from, to), binIndex(it, to));
  }));
});

Deno.test("relativeErrorOf is about one percent at schema 5", () => {
  assertAlmostEquals(relativeErrorOf(5), 0.01083, 1e-5);
  assertAlmostEquals(relativeErrorOf(0), 1 / 3);
});
