import { assert, assertEquals, assertThrows } from "@std/assert";
import { Registry } from "../../src/metrics/registry.ts";
import { shown } from "./shown.ts";

/** A registry on a clock that is moved by hand, stamped every second of it. */
function ticking() {
  let ms = 0;
  const registry = new Registry({ nowMs: () => ms });
  const pass = (seconds: number, each: () => void = () => {}) => {
    for (let i = 0; i < seconds; i++) {
      ms += 1000;
      each();
      registry.shard.stamp();
    }
  };
  return { registry, pass };
}

Deno.test("A series that does not change for the family's idleTtlMs is removed, and others stay", async () => {
  const { registry, pass } = ticking();
  const counter = registry.counter({ name: "c", help: "", labels: ["a"], idleTtlMs: 60_000 });
  const lasting = registry.counter({ name: "d", help: "", labels: ["a"] });
  counter.inc({ a: "idle" });
  lasting.inc({ a: "idle" });
  pass(59, () => counter.inc({ a: "busy" }));
  assertEquals(await shown(registry), ['c{a="idle"} 1', 'c{a="busy"} 59', 'd{a="idle"} 1']);
  pass(17, () => counter.inc({ a: "busy" }));
  assertEquals(await shown(registry), ['c{a="busy"} 76', 'd{a="idle"} 1']);
  counter.inc({ a: "idle" });
  assertEquals((await shown(registry))[0], 'c{a="idle"} 2', "it goes on from its total");
});

Deno.test("A gauge that is set to the same value is not idle", async () => {
  const { registry, pass } = ticking();
  const gauge = registry.gauge({ name: "g", help: "", labels: ["a"], idleTtlMs: 10_000 });
  pass(60, () => gauge.set({ a: "set" }, 5));
  gauge.set({ a: "once" }, 5);
  pass(60, () => gauge.set({ a: "set" }, 5));
  assertEquals(await shown(registry), ['g{a="set"} 5']);
});

Deno.test("A series that is shown again after it was idle has its whole time again", async () => {
  const { registry, pass } = ticking();
  const counter = registry.counter({ name: "c", help: "", labels: ["a"], idleTtlMs: 10_000 });
  counter.labels({ a: "x" });
  pass(9);
  assertEquals(await shown(registry), ['c{a="x"} 0']);
  pass(5);
  assertEquals(await shown(registry), []);
  counter.labels({ a: "x" });
  pass(9);
  assertEquals(await shown(registry), ['c{a="x"} 0']);
  pass(5);
  assertEquals(await shown(registry), []);
});

Deno.test("Label values that come and go for ever take up no more than the family's budget", async () => {
  let ms = 0;
  const registry = new Registry({ nowMs: () => ms, seriesPerFamilyMax: 50 });
  const common = { help: "", labels: ["a"] as const, idleTtlMs: 1_000 };
  const counter = registry.counter({ name: "c", ...common });
  const gauge = registry.gauge({ name: "g", ...common });
  for (let a = 0; a < 200; a++) {
    counter.inc({ a });
    gauge.set({ a }, a);
    for (let i = 0; i < 6; i++) {
      ms += 250;
      registry.shard.stamp();
    }
  }
  const [counters, gauges] = registry.seriesCounts();
  assertEquals([counters!.series, gauges!.series], [50, 50]);
  assert(counters!.removed >= 49 && gauges!.removed >= 49);
  counter.inc({ a: 200 });
  gauge.set({ a: 200 }, 200);
  assertEquals(await shown(registry), [
    'c{muster_overflow="true"} 151',
    'g{muster_overflow="true"} 200',
  ]);
  assert(registry.shard.cellCount <= 102);
});

Deno.test("an idleTtlMs that is no time is refused", () => {
  for (const idleTtlMs of [0, -1, NaN, Infinity]) {
    assertThrows(
      () => new Registry().gauge({ name: "g", help: "", labels: ["a"], idleTtlMs }),
      TypeError,
      'Cannot register "g": idleTtlMs must be a finite number above 0, left out for never: received',
    );
  }
});

Deno.test("A series that is used right before it would be idle stays", async () => {
  const { registry, pass } = ticking();
  const counter = registry.counter({ name: "c", help: "", labels: ["a"], idleTtlMs: 10_000 });
  const handle = counter.labels({ a: "x" });
  let uses = 0;
  // Between each two stamps at which it could be found idle there is a use, some right before them.
  for (const seconds of [13, 12, 11, 10, 9]) {
    pass(seconds - 1);
    handle.inc();
    pass(1);
    assertEquals(await shown(registry), [`c{a="x"} ${++uses}`]);
  }
});

Deno.test("An overflow series that is idle is removed, and comes back when it is used", async () => {
  let ms = 0;
  const registry = new Registry({ nowMs: () => ms, seriesPerFamilyMax: 1 });
  const gauge = registry.gauge({ name: "g", help: "", labels: ["a"], idleTtlMs: 10_000 });
  const pass = (seconds: number, each: () => void) => {
    for (let i = 0; i < seconds; i++, ms += 1000, registry.shard.stamp()) each();
  };
  gauge.set({ a: "kept" }, 1);
  gauge.set({ a: "other" }, 2);
  pass(17, () => gauge.set({ a: "kept" }, 1));
  assertEquals(await shown(registry), ['g{a="kept"} 1']);
  pass(17, () => gauge.set({ a: "another" }, 3));
  assertEquals(await shown(registry), ['g{muster_overflow="true"} 3']);
});
