import { assertEquals, assertThrows } from "@std/assert";
import { definePlugin } from "../../src/plugins/plugin.ts";
import { assertMetric } from "../../src/testing/assert_metric.ts";
import { CAPTURED_MAX } from "../../src/testing/captured_events.ts";
import { createTestRuntime } from "../../src/testing/test_runtime.ts";

Deno.test("createTestRuntime makes runtimes that share nothing, and leaves no timer behind", () => {
  const one = createTestRuntime();
  using other = createTestRuntime();
  one.bus.emit("rsolv.conversion.completed", {}, { type: "trial" });
  assertMetric(one, "rsolv_conversions_total", { type: "trial" }, 1);
  assertMetric(other, "rsolv_conversions_total", { type: "trial" }, null);
  assertEquals([one.events.all.length, other.events.all.length], [1, 0]);
  one[Symbol.dispose]();
  assertEquals(one.clock.pending, 0);
});

Deno.test("createTestRuntime takes settings, and tells what is wrong with them", () => {
  using runtime = createTestRuntime({
    settings: { MUSTER_PLUGINS: "billing", MUSTER_LABEL_RULES: "customer_id=drop" },
  });
  runtime.bus.emit("rsolv.billing.invoice_paid", {}, { plan: "pro", customer_id: "c" });
  assertMetric(runtime, "rsolv_billing_invoice_paid_total", { plan: "pro" }, 1);
  assertThrows(
    () => createTestRuntime({ settings: { MUSTER_PLUGINS: "biling" } }),
    TypeError,
    "did you mean billing for biling",
  );
  assertThrows(
    () => createTestRuntime({ settings: { MUSTER_DROP_METRICS_GROUPS: "billing.webhook" } }),
    TypeError,
    "did you mean billing.webhooks?",
  );
  assertThrows(
    () => createTestRuntime({ settings: { MUSTER_BUCKETS: "validation.duration=1:2" } }),
    TypeError,
    'received "validation.duration"',
  );
});

Deno.test("a plugin's polls run while the clock of a test moves", async () => {
  using runtime = createTestRuntime({ settings: { MUSTER_PLUGINS: "none" } });
  let size = 3;
  runtime.addPlugin(definePlugin({
    name: "pool",
    help: "A pool.",
    metrics: { "pool.size": { kind: "gauge", help: "Size.", group: "pool" } },
    polls: {
      size: {
        help: "Size.",
        metrics: ["pool.size"],
        read: () => [{ metric: "pool.size", value: size }],
      },
    },
  }));
  assertMetric(runtime, "rsolv_pool_size", {}, 3);
  size = 5;
  await runtime.clock.advance(10_000);
  assertMetric(runtime, "rsolv_pool_size", {}, 5);
});

Deno.test("captured events are copies, by name too, and at most so many", () => {
  using runtime = createTestRuntime();
  const measurements = { count: 1 };
  runtime.bus.emit("a", measurements);
  measurements.count = 7;
  for (let i = 0; i < CAPTURED_MAX - 1; i++) runtime.bus.emit("b", {});
  assertEquals(runtime.events.named("a"), [{
    name: "a",
    measurements: { count: 1 },
    metadata: {},
  }]);
  runtime.bus.emit("b", {});
  assertEquals(runtime.events.named("a"), []);
  assertEquals(runtime.events.all.length, CAPTURED_MAX);
  runtime.events.clear();
  assertEquals(runtime.events.all, []);
});

Deno.test("events from outside can be tested without a port", async () => {
  using runtime = createTestRuntime();
  const body = JSON.stringify({ name: "rsolv.signup.created", metadata: { source: "x" } });
  const request = new Request("http://test/telemetry/events", { method: "POST", body });
  assertEquals((await runtime.takeEvents(request)).status, 200);
  assertMetric(runtime, "rsolv_signups_total", { source: "x" }, 1);
});

Deno.test("assertMetric finds counters, gauges, and every part of histograms and summaries", () => {
  using runtime = createTestRuntime({ settings: { MUSTER_PLUGINS: "none" } });
  const { registry } = runtime;
  registry.gauge({ name: "g", help: "G." }).set(-2.5);
  registry.histogram({ name: "h", help: "H.", buckets: [1, 10] }).observe(5);
  registry.summary({ name: "s", help: "S." }).observe(0);
  assertMetric(runtime, "g", {}, -2.5);
  assertMetric(runtime, "h_bucket", { le: 1 }, 0);
  assertMetric(runtime, "h_bucket", { le: "10.0" }, 1);
  assertMetric(runtime, "h_bucket", { le: "+Inf" }, 1);
  assertMetric(runtime, "h_sum", {}, 5);
  assertMetric(runtime, "h_count", {}, 1);
  assertMetric(runtime, "s", { quantile: 0.5 }, 0);
  assertMetric(runtime, "s_count", {}, 1);
});

Deno.test("assertMetric fails with the value that there is, and with the samples of the name", () => {
  using runtime = createTestRuntime({ settings: { MUSTER_PLUGINS: "none" } });
  const total = runtime.registry.counter({ name: "c_total", help: "C.", labels: ["a", "b"] });
  total.inc({ a: "x", b: "" }, 2);
  assertMetric(runtime, "c_total", { a: "x" }, 2);
  const message = (labels: Record<string, string>, value: number | null) =>
    assertThrows(() => assertMetric(runtime, "c_total", labels, value), Error).message;
  const there = 'There are:\n  c_total{"a":"x","b":""} 2';
  assertEquals(
    message({ a: "x" }, 3),
    `Cannot assert c_total{"a":"x"}: it must show 3: received 2. ${there}`,
  );
  assertEquals(
    message({ a: "y" }, 1),
    `Cannot assert c_total{"a":"y"}: it must show 1: received nothing. ${there}`,
  );
  assertEquals(
    message({ a: "x" }, null),
    `Cannot assert c_total{"a":"x"}: it must show nothing: received 2. ${there}`,
  );
  assertThrows(
    () => assertMetric(runtime, "d_total", {}, 1),
    Error,
    "There is no sample of the name.",
  );
});

Deno.test("assertMetric takes labels named le and quantile for text where no format adds them", () => {
  using runtime = createTestRuntime({ settings: { MUSTER_PLUGINS: "none" } });
  const { registry } = runtime;
  registry.gauge({ name: "g", help: "G.", labels: ["quantile", "le"] })
    .set({ quantile: "top", le: "" }, 1);
  registry.counter({ name: "c_total", help: "C.", labels: ["quantile"] }).inc({ quantile: "1.0" });
  registry.histogram({ name: "h", help: "H.", labels: ["quantile"], buckets: [1] })
    .observe({ quantile: "low" }, 5);
  registry.summary({ name: "s", help: "S.", labels: ["le"] }).observe({ le: "x" }, 0);
  assertMetric(runtime, "g", { quantile: "top" }, 1);
  assertMetric(runtime, "g", { quantile: "low" }, null);
  assertMetric(runtime, "c_total", { quantile: "1.0" }, 1);
  assertMetric(runtime, "c_total", { quantile: 1 }, null);
  assertMetric(runtime, "h_bucket", { quantile: "low", le: "+Inf" }, 1);
  assertMetric(runtime, "h_sum", { quantile: "low" }, 5);
  assertMetric(runtime, "s", { le: "x", quantile: 0.5 }, 0);
  assertMetric(runtime, "s", { le: "x" }, null);
  assertMetric(runtime, "s_count", { le: "x" }, 1);
});

Deno.test("assertMetric finds a label value that is no text by what is shown of it", () => {
  using runtime = createTestRuntime({ settings: { MUSTER_PLUGINS: "none" } });
  const total = runtime.registry.counter({ name: "c_total", help: "C.", labels: ["a"] });
  total.inc({ a: "x\ud800" });
  assertMetric(runtime, "c_total", { a: "x\ud800" }, 1);
  assertMetric(runtime, "c_total", { a: "x\ufffd" }, 1);
});
