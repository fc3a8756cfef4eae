import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  formatBound,
  formatNumber,
  NUMBER_BYTES_MAX,
  writeNumber,
} from "../../src/exposition/number_format.ts";

function written(value: number): string {
  const bytes = new Uint8Array(NUMBER_BYTES_MAX + 2);
  const end = writeNumber(bytes, 1, value);
  assertEquals(bytes[0], 0, "wrote before its place");
  assertEquals(bytes.subarray(end).every((byte) => byte === 0), true, "wrote past its end");
  return new TextDecoder().decode(bytes.subarray(1, end));
}

function read(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}

Deno.test("writeNumber spells special values as Prometheus does", () => {
  const cases: [number, string][] = [
    [0, "0"],
    [-0, "-0"],
    [NaN, "NaN"],
    [Infinity, "+Inf"],
    [-Infinity, "-Inf"],
    [-1, "-1"],
    [0.1 + 0.2, "0.30000000000000004"],
    [1e21, "1e+21"],
    [5e-324, "5e-324"],
    [-2.2250738585072014e-308, "-2.2250738585072014e-308"],
    [Number.MAX_VALUE, "1.7976931348623157e+308"],
  ];
  for (const [value, text] of cases) {
    assertEquals(formatNumber(value), text);
    assertEquals(written(value), text);
  }
});

Deno.test("writeNumber writes integers exactly, at every change of their length", () => {
  for (let power = 0; power <= 15; power++) {
    for (const value of [10 ** power - 1, 10 ** power, 10 ** power + 1]) {
      assertEquals(written(value), String(value));
      assertEquals(written(-value), value === 0 ? "-0" : String(-value));
    }
  }
  const large = [2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 2 ** 53 + 2, 2 ** 64];
  for (const value of large) assertEquals(written(value), String(value));
});

Deno.test("writeNumber writes any float64 so that it reads back as the same, within its limit", () => {
  fc.assert(
    fc.property(fc.double(), (value) => {
      assertEquals(Object.is(read(written(value)), value), true);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("writeNumber writes any safe integer like String", () => {
  fc.assert(fc.property(fc.maxSafeNat(), (value) => assertEquals(written(value), String(value))), {
    numRuns: 5000,
  });
});

Deno.test("writeNumber is exact where dividing by 1e9 rounds up", () => {
  for (let high = 9_007_190; high < 9_007_199; high++) {
    for (let below = 1; below <= 4; below++) {
      const value = high * 1e9 - below;
      assertEquals(written(value), String(value));
    }
  }
});

Deno.test("formatBound writes OpenMetrics' canonical floats", () => {
  const cases: [number, string][] = [
    [0, "0.0"],
    [-0, "0.0"],
    [1, "1.0"],
    [-5, "-5.0"],
    [10, "10.0"],
    [0.005, "0.005"],
    [2.5, "2.5"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [1e-9, "1e-09"],
    [1e-10, "1e-10"],
    [100_000, "100000.0"],
    [999_999, "999999.0"],
    [1e6, "1e+06"],
    [1_234_567, "1.234567e+06"],
    [1e10, "1e+10"],
    [1e100, "1e+100"],
    [0.1 + 0.2, "0.30000000000000004"],
    [Infinity, "+Inf"],
  ];
  for (const [bound, text] of cases) assertEquals(formatBound(bound), text);
});

Deno.test("formatBound reads back as the same bound", () => {
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (bound) => {
    assertEquals(read(formatBound(bound)), bound === 0 ? 0 : bound);
  }));
});
