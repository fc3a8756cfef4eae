import { assertEquals, assertThrows } from "@std/assert";
import type { MetricRules } from "../../src/metrics/metric_options.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { shown } from "./shown.ts";

function ruled(rules: MetricRules): Registry {
  return new Registry({ rules });
}

Deno.test("A rule drops metrics by name or pattern, and what counts with them still works", async () => {
  const cases: [string, string, boolean][] = [
    ["a_total", "a_total", true],
    ["a_total", "a_totals", false],
    ["a_*", "a_total", true],
    ["*_total", "a_total", true],
    ["a_*_total", "a_total", false],
    ["a_*_total", "a_b_c_total", true],
    ["a*b*c", "abc", true],
    ["a*b*c", "acb", false],
    ["aa*aa", "aaa", false],
    ["*", "anything", true],
    ["a.c", "abc", false],
  ];
  for (const [pattern, name, isDropped] of cases) {
    const registry = ruled({ drop: [pattern] });
    const counter = registry.counter({ name, help: "", labels: ["k"] });
    for (let k = 0; k < 5; k++) counter.inc({ k });
    assertEquals((await shown(registry)).length, isDropped ? 0 : 5, `${pattern} on ${name}`);
    assertEquals(registry.seriesCounts().length, isDropped ? 0 : 1);
  }
});

Deno.test("Every kind of dropped metric takes what it is given", async () => {
  const registry = ruled({ drop: ["*"] });
  registry.counter({ name: "a", help: "" }).inc();
  registry.gauge({ name: "b", help: "", collect: () => assertEquals("called", "never") }).set(1);
  registry.histogram({ name: "c", help: "", labels: ["x"] }).observe({ x: 1 }, -1, { labels: {} });
  registry.nativeHistogram({ name: "d", help: "" }).observe(-1);
  registry.summary({ name: "e", help: "", labels: ["x"] }).observe({ x: 1 }, 1);
  registry.info({ name: "f_info", help: "", labels: ["x"] }).set({ x: 1 });
  registry.stateSet({ name: "g", help: "", states: ["on"] }).only("on");
  assertEquals(await shown(registry), []);
  assertEquals([registry.shard.layout.revision, registry.shard.live.length], [0, 0]);
});

Deno.test("A rule drops a label: series that differ in nothing else are one", async () => {
  const registry = ruled({ dropLabels: ["user"] });
  const counter = registry.counter({ name: "c", help: "", labels: ["user", "plan"] });
  for (const user of ["a", "b", "c"]) counter.inc({ user, plan: "pro" });
  counter.inc({ plan: "pro", user: "d" });
  counter.inc({ user: "a", plan: "free" });
  const only = registry.counter({ name: "d", help: "", labels: ["user"] });
  for (const user of ["a", "b"]) only.inc({ user });
  assertEquals(await shown(registry), ['c{plan="pro"} 4', 'c{plan="free"} 1', "d 2"]);
  assertThrows(() => counter.inc({ plan: "pro" } as never), TypeError, 'label "user" must be');
  assertThrows(() => only.inc({ user: "a", x: "" } as never), TypeError, 'received also "x"');
});

Deno.test("A rule renames a metric, and its new name must be free and allowed", async () => {
  const registry = ruled({ rename: { old_total: "new_total", bad: "a b", state: "phase" } });
  registry.counter({ name: "old_total", help: "" }).inc();
  registry.stateSet({ name: "state", help: "", states: ["on"] }).only("on");
  assertEquals(await shown(registry), ["new_total 1", 'phase{phase="on"} 1']);
  assertThrows(
    () => registry.counter({ name: "new_total", help: "" }),
    TypeError,
    'Cannot register "new_total": its sample name "new_total" must not be in use: "old_total" as ' +
      '"new_total", to which a rule renames it (METRICS_RENAME of a node), has it, so rename that to',
  );
  assertThrows(
    () => registry.counter({ name: "bad", help: "" }),
    TypeError,
    'Cannot register "bad" as "a b", to which a rule renames it (METRICS_RENAME of a node): name must',
  );
  const taken = ruled({ rename: { old_total: "new_total" } });
  taken.counter({ name: "new_total", help: "" });
  assertThrows(
    () => taken.counter({ name: "old_total", help: "" }),
    TypeError,
    'Cannot register "old_total" as "new_total", to which a rule renames it (METRICS_RENAME of a ' +
      'node): its sample name "new_total" must not be in use: "new_total" is registered already, so ' +
      "rename it to another name",
  );
});

Deno.test("Constant labels are on every series, after its own", async () => {
  const registry = new Registry({
    seriesPerFamilyMax: 1,
    constantLabels: { env: "prod", region: "eu" },
  });
  registry.counter({ name: "a", help: "" }).inc();
  const counter = registry.counter({ name: "b", help: "", labels: ["k"] });
  counter.inc({ k: "1" });
  counter.inc({ k: "2" });
  registry.stateSet({ name: "c", help: "", states: ["on"] });
  assertEquals(await shown(registry), [
    'a{env="prod",region="eu"} 1',
    'b{k="1",env="prod",region="eu"} 1',
    'b{muster_overflow="true",env="prod",region="eu"} 1',
    'c{c="on",env="prod",region="eu"} 0',
  ]);
  assertEquals(counter.remove({ k: "1" }), true);
});

Deno.test("A metric that has a constant label itself keeps its own, also where a rule drops it", async () => {
  const registry = new Registry({
    seriesPerFamilyMax: 1,
    constantLabels: { env: "prod", region: "eu" },
    rules: { dropLabels: ["region"] },
  });
  const a = registry.counter({ name: "a", help: "", labels: ["env"] });
  a.inc({ env: "test" });
  a.inc({ env: "other" });
  registry.counter({ name: "b", help: "", labels: ["region"] }).inc({ region: "us" });
  assertEquals(await shown(registry), [
    'a{env="test",region="eu"} 1',
    'a{muster_overflow="true",region="eu"} 1',
    'b{env="prod"} 1',
  ]);
});
