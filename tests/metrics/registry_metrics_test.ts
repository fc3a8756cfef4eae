import { assertEquals } from "@std/assert";
import { Registry } from "../../src/metrics/registry.ts";
import { createRegistryMetrics } from "../../src/metrics/registry_metrics.ts";
import { shown } from "./shown.ts";

Deno.test("createRegistryMetrics tells how many series each family has, itself and removed ones included", async () => {
  const registry = new Registry();
  const { collectErrors } = createRegistryMetrics(registry);
  const counter = registry.counter({ name: "c_total", help: "", labels: ["a"] });
  counter.inc({ a: 1 });
  counter.inc({ a: 2 });
  collectErrors.inc({ family: "c_total" });
  counter.remove({ a: 2 });
  await shown(registry);
  assertEquals((await shown(registry)).filter((line) => line.startsWith("muster")), [
    'muster_collect_errors_total{family="c_total"} 1',
    'muster_series{family="muster_series"} 4',
    'muster_series{family="muster_series_removed"} 1',
    'muster_series{family="muster_collect_errors_total"} 1',
    'muster_series{family="c_total"} 2',
    'muster_series_removed{family="c_total"} 1',
  ]);
  counter.inc({ a: 2 });
  assertEquals((await shown(registry)).at(-1), 'muster_series_removed{family="c_total"} 0');
});

Deno.test("muster_series_removed no longer counts a series in the stamp that shows it again", async () => {
  const registry = new Registry();
  createRegistryMetrics(registry);
  const counter = registry.counter({ name: "c", help: "", labels: ["a"] });
  const handle = counter.labels({ a: "x" });
  counter.remove({ a: "x" });
  const removed = async () =>
    (await shown(registry)).filter((line) => /^(c\{|muster_series_removed)/.test(line));
  assertEquals(await removed(), ['muster_series_removed{family="c"} 1']);
  handle.inc();
  assertEquals(await removed(), ['c{a="x"} 1', 'muster_series_removed{family="c"} 0']);
});
