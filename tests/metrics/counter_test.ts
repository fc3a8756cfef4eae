import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
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
  const untyped: [unknown, string][] = [["1", '"1"'], [null, "null"], [1n, "1n"], [{}, "{}"]];
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

Deno.test("Counter.inc counts by itself a million times and more without losing any", () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "c_total", help: "" });
  const calls = 2 ** 21 + 3;
  for (let i = 0; i < calls; i++) counter.inc();
  assertEquals(counter.value, calls);
  counter.inc();
  registry.shard.stamp();
  assertEquals(registry.shard.pages[0]![0], calls + 1);
});

Deno.test("A handle's counts and additions to its cell, in any order, give one total at every stamp", () => {
  const step = fc.constantFrom("inc", "inc 2", "labels", "read", "stamp", "settle", "remove");
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const registry = new Registry();
    const family = registry.counter({ name: "c_total", help: "", labels: ["a"] });
    const labels = { a: "x" };
    const counter = family.labels(labels);
    const cell = registry.shard.layout.firstCellOf(counter.series);
    let total = 0;
    for (const step of steps) {
      switch (step) {
        case "inc":
          counter.inc();
          total++;
          break;
        case "inc 2":
          counter.inc(2);
          total += 2;
          break;
        case "labels":
          family.inc(labels);
          total++;
          break;
        case "settle":
          counter.settle();
          break;
        case "remove":
          family.remove(labels);
          break;
        case "read":
          assertEquals(counter.value, total);
          break;
        case "stamp":
          registry.shard.stamp();
          assertEquals(registry.shard.pages[0]![cell], total);
      }
    }
    registry.shard.stamp();
    assertEquals(registry.shard.pages[0]![cell], total);
  }));
});

Deno.test("OwnShard.restart takes what a handle has counted by itself for counted before", () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "c_total", help: "" });
  counter.inc();
  registry.shard.restart();
  counter.inc();
  counter.inc();
  registry.shard.stamp();
  assertEquals([registry.shard.pages[0]![0], counter.value], [2, 3]);
});
