import { assertEquals, assertThrows } from "@std/assert";
import { Registry } from "../../src/metrics/registry.ts";

Deno.test("Counter.inc adds 1, or any finite amount from 0 on", () => {
  const counter = new Registry().counter({ name: "c_total", help: "" });
  assertEquals(counter.value, 0);
  counter.inc();
  counter.inc(0);
  counter.inc(2.5);
  counter.inc(-0);
  assertEquals(counter.value, 3.5);
});

Deno.test("Counter.inc refuses any other value by name, and adds nothing", () => {
  const counter = new Registry().counter({ name: "c_total", help: "" });
  counter.inc(5);
  const rule =
    'Cannot increment "c_total": the value must be a finite number of at least 0: received ';
  for (const value of [-1, -1e-300, NaN, Infinity, -Infinity]) {
    assertThrows(() => counter.inc(value), RangeError, rule + value);
  }
  const untyped: [unknown, string][] = [["1", '"1"'], [null, "null"], [1n, "1"], [
    {},
    "[object Object]",
  ]];
  for (const [value, received] of untyped) {
    assertThrows(() => counter.inc(value as number), TypeError, rule + received);
  }
  assertEquals(counter.value, 5);
});

Deno.test("CounterFamily.inc adds to the counter of its labels alone", () => {
  const family = new Registry().counter({ name: "c_total", help: "", labels: ["a"] });
  family.inc({ a: "x" });
  family.inc({ a: "x" }, 2);
  family.inc({ a: "y" }, 0.5);
  assertEquals([family.labels({ a: "x" }).value, family.labels({ a: "y" }).value], [3, 0.5]);
  assertThrows(() => family.inc({ a: "x" }, -1), RangeError, 'Cannot increment "c_total"');
});
