import { assertEquals } from "@std/assert";
import { Registry } from "../../src/metrics/registry.ts";
import { createRegistryMetrics } from "../../src/metrics/registry_metrics.ts";
import { shown } from "./shown.ts";

Deno.test("createRegistryMetrics tells how many series each family has, itself included", async () => {
  const registry = new Registry();
  const { collectErrors } = createRegistryMetrics(registry);
  const counter = registry.counter({ name: "c_total", help: "", labels: ["a"] });
  counter.inc({ a: 1 });
  counter.inc({ a: 2 });
  collectErrors.inc({ family: "c_total" });
  await shown(registry);
  assertEquals((await shown(registry)).filter((line) => line.startsWith("muster")), [
    'muster_collect_errors_total{family="c_total"} 1',
    'muster_series{family="muster_series"} 3',
    'muster_series{family="muster_collect_errors_total"} 1',
    'muster_series{family="c_total"} 2',
  ]);
});
