import { assert, assertEquals } from "@std/assert";
import type { LogSink } from "../../src/io/log.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { Plugins } from "../../src/plugins/plugins.ts";
import { reportsPlugin } from "../../src/plugins/reports.ts";
import { createBus } from "../../src/telemetry/bus.ts";
import { FakeClock } from "../fake_clock.ts";
import { shown } from "../metrics/shown.ts";

function started() {
  const clock = new FakeClock();
  const lines: unknown[][] = [];
  const log: LogSink = { log: (...line) => lines.push(line) };
  const bus = createBus(log);
  const registry = new Registry();
  const plugins = new Plugins({ bus, registry, clock, log, hash: (text) => text });
  plugins.add(reportsPlugin({ bus, log, prefix: "p" }), { prefix: "p" });
  const events: [string, unknown][] = [];
  bus.attach("p.validation.report", (name, measurements) => events.push([name, measurements]));
  const gauges = async (name: string) =>
    (await shown(registry)).filter((line) => line.startsWith(`p_${name}_report`));
  return { clock, bus, lines, events, gauges, plugins };
}

Deno.test("a minute of validations is one line, one event, and gauges", async () => {
  const { clock, bus, lines, events, gauges, plugins } = started();
  await clock.advance(1_000);
  assertEquals(await gauges("validation"), [], "nothing is shown before the first minute is over");
  for (let i = 1; i <= 100; i++) {
    const status = i > 90 ? "error" : "success";
    bus.emit("p.validation.request", { duration_ms: i }, { status });
  }
  bus.emit("p.validation.false_positive", { count: 5 });
  for (let i = 0; i < 4; i++) bus.emit(`p.validation.cache_${i === 0 ? "miss" : "hit"}`, {});
  bus.emit("p.validation.rejection", {}, { pattern: "xss" });
  await clock.advance(59_000);
  const [name, { p50_ms, p95_ms, p99_ms, ...rest }] = events[0] as [string, Record<string, number>];
  assertEquals([name, rest], ["p.validation.report", {
    requests: 100,
    errors: 10,
    rejections: 1,
    false_positive_ratio: 0.05,
    cache_hit_ratio: 0.75,
  }]);
  for (const [value, exact] of [[p50_ms, 50], [p95_ms, 95], [p99_ms, 99]] as const) {
    assert(Math.abs(value! / exact - 1) <= 0.011, `${value} is too far from ${exact}`);
  }
  const [level, sentence, fields] = lines.find(([, text]) => `${text}`.startsWith("Validations"))!;
  assertEquals([level, sentence], ["info", "Validations of the last minute."]);
  assertEquals((fields as Record<string, unknown>).report, "validation.report");
  assertEquals((fields as Record<string, unknown>).cache_hit_ratio, 0.75);
  assertEquals(
    (await gauges("validation")).filter((line) => !line.includes("_duration_")),
    [
      "p_validation_report_cache_hit_ratio 0.75",
      "p_validation_report_errors 10",
      "p_validation_report_false_positive_ratio 0.05",
      "p_validation_report_rejections 1",
      "p_validation_report_requests 100",
    ],
  );
  lines.length = 0;
  await clock.advance(60_000);
  assertEquals(await gauges("validation"), [
    "p_validation_report_errors 0",
    "p_validation_report_rejections 0",
    "p_validation_report_requests 0",
  ], "what a quiet minute can't tell is hidden");
  assertEquals(lines.map(([level]) => level), ["debug", "debug"]);
  plugins[Symbol.dispose]();
  assertEquals([clock.pending, bus.isListening("p.validation.request")], [0, false]);
});

Deno.test("a minute of billing sums up payments, revenue, failures, webhooks and credits", async () => {
  const { clock, bus, gauges, plugins } = started();
  using _ = plugins;
  const paid = (amount_cents: number, status: string) =>
    bus.emit("p.billing.payment_processed", { amount_cents }, { status });
  paid(990, "success");
  paid(2_000, "succeeded");
  paid(500, "failed");
  bus.emit("p.billing.invoice_failed", {});
  bus.emit("p.billing.stripe_webhook_received", { count: 4 });
  bus.emit("p.billing.stripe_webhook_failed", {});
  bus.emit("p.billing.credits_added", { quantity: 60 });
  bus.emit("p.billing.credits_consumed", { quantity: 7 });
  bus.emit("p.billing.credits_consumed", { quantity: NaN });
  await clock.advance(60_000);
  assertEquals(await gauges("billing"), [
    "p_billing_report_credits_added 60",
    "p_billing_report_credits_consumed 7",
    "p_billing_report_failures 3",
    "p_billing_report_payments 3",
    "p_billing_report_revenue_cents 2990",
    "p_billing_report_webhooks 4",
  ]);
});
