import { assertEquals } from "@std/assert";
import { Registry } from "../../src/metrics/registry.ts";
import { shown } from "./shown.ts";

Deno.test("A metric's collect sets it right before each stamp", async () => {
  let level = 1;
  const registry = new Registry();
  registry.gauge({ name: "g", help: "", collect: (gauge) => gauge.set(level) });
  registry.counter({ name: "c", help: "", labels: ["a"], collect: (it) => it.inc({ a: level }) });
  assertEquals(await shown(registry), ['c{a="1"} 1', "g 1"]);
  level = 2;
  assertEquals(await shown(registry), ['c{a="1"} 1', 'c{a="2"} 1', "g 2"]);
});

Deno.test("A collect that throws hides its own family, is told by name, and is asked again", async () => {
  let broken = true;
  const errors: [string, unknown][] = [];
  const registry = new Registry({
    onCollectError: (family, error) => errors.push([family, error]),
  });
  registry.gauge({
    name: "bad",
    help: "",
    labels: ["a"],
    collect: (gauge) => {
      gauge.set({ a: "1" }, errors.length);
      if (broken) throw new Error("no answer");
      gauge.set({ a: "2" }, 5);
    },
  });
  registry.gauge({ name: "good", help: "", collect: (gauge) => gauge.set(1) });
  assertEquals(await shown(registry), ["good 1"]);
  assertEquals(await shown(registry), ["good 1"]);
  assertEquals(errors.map(([family, error]) => [family, String(error)]), [
    ["bad", "Error: no answer"],
    ["bad", "Error: no answer"],
  ]);
  broken = false;
  assertEquals(await shown(registry), ['bad{a="1"} 2', 'bad{a="2"} 5', "good 1"]);
  broken = true;
  assertEquals(await shown(registry), ["good 1"]);
});

Deno.test("A collect that throws and works again leaves removed series hidden", async () => {
  let broken = false;
  const registry = new Registry();
  const counter = registry.counter({
    name: "c",
    help: "",
    labels: ["a"],
    collect: () => {
      if (broken) throw new Error("no answer");
    },
  });
  counter.inc({ a: "1" });
  counter.inc({ a: "2" });
  counter.remove({ a: "1" });
  for (const state of [false, true, false]) {
    broken = state;
    assertEquals(await shown(registry), broken ? [] : ['c{a="2"} 1']);
  }
});
