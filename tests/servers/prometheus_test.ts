import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Prometheus } from "./prometheus.ts";

Deno.test("Prometheus starts, answers queries and ends with its data", async () => {
  await using prometheus = await Prometheus.start({
    scrapeConfigs: "- job_name: nobody\n  static_configs: [{ targets: ['127.0.0.1:1'] }]",
  });
  assertEquals(await prometheus.value("1 + 2"), 3);
  assertEquals(await prometheus.value("absent_metric"), null);
  assertEquals((await prometheus.query("vector(4)", 1_700_000_000))[0]!.value, [
    1_700_000_000,
    "4",
  ]);
  const [series] = await prometheus.queryRange("vector(5)", 1_700_000_000, 1_700_000_010, 5);
  assertEquals(series!.values!.map(([, value]) => value), ["5", "5", "5"]);
  await assertRejects(() => prometheus.query("sum("), Error, "Cannot query Prometheus for sum(");
});

Deno.test("Prometheus that can't start fails at once, with its own words", async () => {
  const error = await assertRejects(
    () => Prometheus.start({ scrapeConfigs: "- no_such_field: 1" }),
    Error,
    "Cannot get prometheus to be ready",
  );
  assertStringIncludes(error.message, "no_such_field");
});
