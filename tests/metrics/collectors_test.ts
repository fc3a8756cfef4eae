import { assertEquals } from "@std/assert";
import { Registry } from "../../src/metrics/registry.ts";
import { STALE_AFTER_SKIPS } from "../../src/metrics/collectors.ts";
import { until } from "../until.ts";
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

Deno.test("a collect that gives a promise is shown once that is fulfilled, and hidden when one is rejected", async () => {
  const turns: PromiseWithResolvers<number>[] = [];
  const errors: string[] = [];
  const registry = new Registry({
    onCollectError: (family, error) => errors.push(`${family} ${error}`),
  });
  registry.gauge({
    name: "g",
    help: "",
    collect: async (gauge) => {
      const turn = Promise.withResolvers<number>();
      turns.push(turn);
      gauge.set(await turn.promise);
    },
  });
  assertEquals(await shown(registry), []);
  assertEquals(await shown(registry), []);
  assertEquals(turns.length, 1, "it is not called again while it is running");
  turns[0]!.resolve(7);
  await until(async () => (await shown(registry))[0] === "g 7", { what: "the first value" });
  assertEquals(await shown(registry), ["g 7"], "the last value holds while the next is read");
  turns[1]!.reject(new Error("db down"));
  await until(() => errors.length > 0, { what: "the rejection" });
  assertEquals(errors, ["g Error: db down"]);
  assertEquals(await shown(registry), []);
  turns[2]!.resolve(8);
  await until(async () => (await shown(registry))[0] === "g 8", { what: "the third value" });
});

Deno.test("a collect whose promise stays pending for long is hidden, and shown when it comes after all", async () => {
  const turns: PromiseWithResolvers<void>[] = [];
  const registry = new Registry();
  registry.gauge({
    name: "g",
    help: "",
    collect: (gauge) => {
      gauge.set(turns.length);
      const turn = Promise.withResolvers<void>();
      turns.push(turn);
      return turn.promise;
    },
  });
  const next = async () => {
    turns.at(-1)?.resolve();
    await turns.at(-1)?.promise;
    return await shown(registry);
  };
  await next();
  assertEquals(await next(), ["g 1"]);
  for (let i = 1; i < STALE_AFTER_SKIPS; i++) assertEquals(await shown(registry), ["g 1"]);
  assertEquals(await shown(registry), []);
  assertEquals(await next(), ["g 2"]);
});

Deno.test("whoever is told of a collect that throws can't keep the other metrics from being shown", async () => {
  const registry = new Registry({
    onCollectError: () => {
      throw new Error("disk full");
    },
  });
  const collect = () => {
    throw Object.create(null);
  };
  registry.gauge({ name: "bad", help: "", collect });
  registry.gauge({ name: "good", help: "", collect: (gauge) => gauge.set(1) });
  assertEquals(await shown(registry), ["good 1"]);
});
