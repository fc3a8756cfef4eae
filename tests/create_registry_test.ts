import { assert, assertEquals, assertThrows } from "@std/assert";
import { createRegistry } from "../mod.ts";
import { systemClock } from "../src/io/clock.ts";
import { until } from "./until.ts";

Deno.test("createRegistry makes a registry that measures by the clock of the system, or by another", async () => {
  const registry = createRegistry();
  const histogram = registry.histogram({ name: "h", help: "" });
  const end = histogram.startTimer();
  await until(() => end() > 0, { what: "a clock that goes on", everyMs: 1 });
  assert(histogram.sum > 0);
  const gauge = registry.gauge({ name: "g", help: "" });
  const beforeMs = systemClock.wallMs();
  gauge.setToCurrentTime();
  assert(gauge.value >= beforeMs / 1000);
  const other = createRegistry({ wallMs: () => 7_000 }).gauge({ name: "g", help: "" });
  other.setToCurrentTime();
  assertEquals(other.value, 7);
});

Deno.test("createRegistry refuses options that are wrong, and takes its own clock for one left undefined", () => {
  const make = (options: unknown) => () => createRegistry(options as { cellsMax: number });
  assertThrows(make({ cellsMax: NaN }), TypeError, "Cannot make a registry: cellsMax must be");
  assertThrows(make({ nowMs: 5 }), TypeError, "nowMs must be a function: received 5");
  assertThrows(make(null), TypeError, "its options must be an object: received null");
  const registry = createRegistry({ nowMs: undefined } as unknown as { cellsMax: number });
  registry.histogram({ name: "h", help: "" }).startTimer()();
});
