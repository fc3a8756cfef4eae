import { assert, assertEquals } from "@std/assert";
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
