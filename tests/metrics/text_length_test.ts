import { assertEquals, assertThrows } from "@std/assert";
import { TEXT_LENGTH_MAX } from "../../src/metrics/names.ts";
import { Registry } from "../../src/metrics/registry.ts";

Deno.test("LabelledFamily refuses a label value that no peer would take, and names it", () => {
  const counter = new Registry().counter({ name: "c_total", help: "", labels: ["path"] });
  counter.inc({ path: "x".repeat(TEXT_LENGTH_MAX) });
  const error = assertThrows(() => counter.inc({ path: "x".repeat(4_097) }), TypeError);
  assertEquals(
    error.message,
    'Cannot use "c_total": label "path" must have at most 4096 characters: received 4097; ' +
      "leave out of labels what nobody aggregates by",
  );
});

Deno.test("Registry refuses a help text and a unit that no peer would take", () => {
  const registry = new Registry();
  registry.counter({ name: "a_total", help: "x".repeat(TEXT_LENGTH_MAX) });
  assertThrows(
    () => registry.counter({ name: "b_total", help: "x".repeat(4_097) }),
    TypeError,
    'Cannot register "b_total": help must have at most 4096 characters: received 4097',
  );
  assertThrows(
    () => registry.counter({ name: "c_total", help: "", unit: "x".repeat(513) }),
    TypeError,
    "unit must have at most 512 characters: received 513",
  );
});
