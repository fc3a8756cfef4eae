import { assertEquals } from "@std/assert";
import { parseConfig } from "../src/config.ts";
import { composeRegistry } from "../src/registry_composition.ts";
import { FakeClock } from "./fake_clock.ts";
import { shown } from "./metrics/shown.ts";
import { until } from "./until.ts";

Deno.test("a node's registry tells of a collect that fails, be it by a value without text or late", async () => {
  const outcome = parseConfig({
    env: () => undefined,
    args: [],
    envNames: [],
    readFile: () => "",
    hostname: "test",
  });
  if (outcome.kind !== "config") throw new Error(outcome.kind);
  const told: unknown[] = [];
  const { registry } = composeRegistry(outcome.config, {
    clock: new FakeClock(),
    log: { log: (_level, _message, fields) => told.push([fields?.family, fields?.error]) },
  });
  const throwing = () => {
    throw Object.create(null);
  };
  registry.gauge({ name: "a", help: "", collect: throwing });
  registry.gauge({ name: "b", help: "", collect: () => Promise.reject(new Error("db down")) });
  assertEquals((await shown(registry)).filter((line) => /^[ab] /.test(line)), []);
  await until(() => told.length === 2, { what: "both failures" });
  assertEquals(told, [["a", "a value that has no text"], ["b", "Error: db down"]]);
  const errors = (await shown(registry)).filter((line) => line.startsWith("muster_collect_errors"));
  assertEquals(errors, [
    'muster_collect_errors_total{family="a"} 2',
    'muster_collect_errors_total{family="b"} 1',
  ]);
});
