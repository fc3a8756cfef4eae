import { assertEquals, assertThrows } from "@std/assert";
import { Registry } from "../../src/metrics/registry.ts";

// Each line below an "expect-error" fails to compile, or this file does not check.
Deno.test("Labels that a metric was not registered with are errors to the compiler, and at run time", () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "c", help: "", labels: ["method", "status"] });
  counter.inc({ method: "GET", status: 200 });
  // @ts-expect-error a label is missing
  assertThrows(() => counter.inc({ method: "GET" }), TypeError);
  // @ts-expect-error a label is unknown
  assertThrows(() => counter.inc({ method: "GET", status: 200, path: "/" }), TypeError);
  // @ts-expect-error a label is misspelt
  assertThrows(() => counter.labels({ method: "GET", statuss: 200 }), TypeError);
  // @ts-expect-error a value is no string, number or boolean
  assertThrows(() => counter.labels({ method: "GET", status: null }), TypeError);

  const histogram = registry.histogram({ name: "h", help: "", labels: ["route"] });
  // @ts-expect-error labels are missing
  assertThrows(() => histogram.observe(5), TypeError);
  // @ts-expect-error a label is unknown
  assertThrows(() => histogram.remove({ path: "/" }), TypeError);

  const states = registry.stateSet({ name: "s", help: "", states: ["on", "off"] });
  // @ts-expect-error no such state
  assertThrows(() => states.only("broken"), TypeError);

  // @ts-expect-error a metric without labels takes none
  assertThrows(() => registry.counter({ name: "p", help: "" }).inc({ a: "1" }), TypeError);
  const half = { a: ["1"] };
  assertThrows(() => {
    // @ts-expect-error values have to be declared for every label
    registry.counter({ name: "v", help: "", labels: ["a", "b"], values: half });
  }, TypeError);
  const kept = { name: "k", help: "", labels: ["a", "b"], values: { a: ["1"] } } as const;
  // @ts-expect-error nor are options that are kept first taken for those of a metric without labels
  assertThrows(() => registry.counter(kept), TypeError);
  assertEquals(counter.labels({ status: "200", method: "GET" }).value, 1);
});
