import { assertEquals, assertThrows } from "@std/assert";
import { Registry } from "../../src/metrics/registry.ts";
import { shown } from "./shown.ts";

Deno.test("Gauge goes up, down and to any finite value", () => {
  const gauge = new Registry().gauge({ name: "g", help: "" });
  gauge.set(-5.5);
  gauge.inc();
  gauge.inc(2);
  gauge.dec(0.5);
  gauge.dec();
  gauge.dec(-1);
  assertEquals(gauge.value, -3);
});

Deno.test("Gauge refuses what is not finite by name, and keeps its value", () => {
  const gauge = new Registry().gauge({ name: "g", help: "" });
  gauge.set(7);
  const rule = '"g": the value must be a finite number: received ';
  for (const value of [NaN, Infinity, -Infinity]) {
    assertThrows(() => gauge.set(value), RangeError, `Cannot set ${rule}${value}`);
    assertThrows(() => gauge.inc(value), RangeError, `Cannot increment ${rule}${value}`);
    assertThrows(() => gauge.dec(value), RangeError, `Cannot decrement ${rule}${value}`);
  }
  assertThrows(() => gauge.set("1" as unknown as number), TypeError, `Cannot set ${rule}"1"`);
  assertEquals(gauge.value, 7);
});

Deno.test("Gauge refuses an addition that overflows, and keeps its value", () => {
  const gauge = new Registry().gauge({ name: "g", help: "" });
  gauge.set(Number.MAX_VALUE);
  assertThrows(() => gauge.inc(Number.MAX_VALUE), RangeError, "received Infinity");
  assertEquals(gauge.value, Number.MAX_VALUE);
});

Deno.test("Gauge merged as latest keeps when it was set, in seconds, in the cell after its value", () => {
  let nowMs = 1500;
  const registry = new Registry({ wallMs: () => nowMs });
  const gauge = registry.gauge({ name: "g", help: "", merge: "latest" });
  const cells = () => [...registry.shard.live.pages[0]!.subarray(0, 2)];
  assertEquals(cells(), [0, 0], "never set");
  gauge.set(5);
  assertEquals(cells(), [5, 1.5]);
  nowMs = 3000;
  gauge.set(5);
  assertEquals(cells(), [5, 3], "set to the same value again");
  nowMs = 4000;
  gauge.inc();
  assertEquals(cells(), [6, 4]);
});

Deno.test("Gauge merged in any other way does not ask for the time when it is set", () => {
  let asked = 0;
  const registry = new Registry({ wallMs: () => ++asked });
  const modes = ["per_node", "sum", "min", "max", "avg"] as const;
  const gauges = modes.map((merge) => registry.gauge({ name: merge, help: "", merge }));
  asked = 0;
  for (const gauge of gauges) gauge.set(1);
  assertEquals(asked, 0);
  assertEquals(registry.shard.live.length, 5);
});

Deno.test("GaugeFamily changes the gauge of its labels alone", () => {
  const family = new Registry().gauge({ name: "g", help: "", labels: ["a"] });
  family.set({ a: "x" }, 5);
  family.inc({ a: "x" });
  family.dec({ a: "x" }, 3);
  family.dec({ a: "y" });
  assertEquals([family.labels({ a: "x" }).value, family.labels({ a: "y" }).value], [3, -1]);
});

Deno.test("Gauge.hide hides it until it is set again, even to the same value", async () => {
  const registry = new Registry();
  const gauge = registry.gauge({ name: "g", help: "" });
  gauge.set(5);
  assertEquals(await shown(registry), ["g 5"]);
  gauge.hide();
  assertEquals(await shown(registry), []);
  gauge.set(5);
  assertEquals(await shown(registry), ["g 5"]);
  gauge.hide();
  gauge.hide();
  gauge.inc();
  assertEquals(await shown(registry), ["g 6"]);
});
