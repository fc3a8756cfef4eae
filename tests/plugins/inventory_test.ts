import { assertEquals } from "@std/assert";
import { silentLog } from "../../src/io/log.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { BILLING } from "../../src/plugins/billing.ts";
import { CUSTOMER_ONBOARDING } from "../../src/plugins/customer_onboarding.ts";
import { MITIGATION } from "../../src/plugins/mitigation.ts";
import { Plugins } from "../../src/plugins/plugins.ts";
import { RATE_LIMITER } from "../../src/plugins/rate_limiter.ts";
import { TEST_INTEGRATION } from "../../src/plugins/test_integration.ts";
import { VALIDATION } from "../../src/plugins/validation.ts";
import { createBus } from "../../src/telemetry/bus.ts";
import { rendered } from "../exposition/rendered.ts";
import { FakeClock } from "../fake_clock.ts";
import { shown } from "../metrics/shown.ts";
import { INVENTORY, type InventoryRow } from "./inventory.ts";

const PLUGINS = [
  TEST_INTEGRATION,
  VALIDATION,
  MITIGATION,
  BILLING,
  CUSTOMER_ONBOARDING,
  RATE_LIMITER,
];

function installed() {
  const bus = createBus(silentLog);
  const registry = new Registry();
  const clock = new FakeClock();
  const plugins = new Plugins({ bus, registry, clock, log: silentLog, hash: (text) => text });
  for (const plugin of PLUGINS) plugins.add(plugin);
  return { bus, registry };
}

Deno.test("the registry has exactly the metrics of the inventory, with its kinds, labels and buckets", () => {
  const { registry } = installed();
  const families = registry.shard.layout.families
    .filter(({ name }) => name.startsWith("rsolv_"))
    .map(({ name, type, labelNames, bounds, merge }) => ({
      name,
      type,
      labelNames,
      bounds,
      merge,
    }));
  const expected = INVENTORY.map(({ metric, kind, labels, buckets = [] }) => ({
    name: `rsolv_${metric}`,
    type: kind,
    labelNames: [...labels],
    bounds: [...buckets],
    merge: kind === "gauge" ? "sum" : "add",
  }));
  const byName = (a: { name: string }, b: { name: string }) => a.name < b.name ? -1 : 1;
  assertEquals<unknown>(families.sort(byName), expected.sort(byName));
});

Deno.test("each metric shows HELP and TYPE before its first event", () => {
  const { registry } = installed();
  registry.shard.stamp();
  const text = rendered(registry.shard);
  for (const { metric, kind } of INVENTORY) {
    assertEquals(text.includes(`# TYPE rsolv_${metric} ${kind}\n`), true, metric);
    assertEquals(new RegExp(`^# HELP rsolv_${metric} .+$`, "m").test(text), true, metric);
  }
});

for (const row of INVENTORY) {
  Deno.test(`${row.event} moves ${row.metric} by its ${row.measurement}`, async () => {
    assertEquals(await moved(row, { [row.measurement]: 7 }), seriesOf(row, 7));
  });
}

Deno.test("what counts counts 1 if the event does not say how many", async () => {
  for (const row of INVENTORY) {
    const isCounted = row.measurement === "count" || row.measurement === "cost";
    if (isCounted) assertEquals(await moved(row, {}), seriesOf(row, 1), row.metric);
  }
});

Deno.test("a failed onboarding is in the durations too, without a status", async () => {
  const { bus, registry } = installed();
  bus.emit("rsolv.customer_onboarding.failed", { duration_ms: 300 }, { source: "github" });
  const lines = await shown(registry);
  assertEquals(lines.filter((line) => line.includes("_duration_milliseconds_sum")), [
    'rsolv_customer_onboarding_duration_milliseconds_sum{status="",source="github"} 300',
  ]);
});

Deno.test("a limited request is not among the allowed ones, and the other way round", async () => {
  const { bus, registry } = installed();
  const labels = { limit: "api", scope: "local" };
  bus.emit("rsolv.rate_limiter.decision", { cost: 2 }, { ...labels, outcome: "limited" });
  bus.emit("rsolv.rate_limiter.decision", { cost: 5 }, { ...labels, outcome: "allowed" });
  const lines = await shown(registry);
  assertEquals(lines.filter((line) => line.startsWith("rsolv_")), [
    'rsolv_rate_limiter_limit_exceeded_total{limit="api",scope="local"} 2',
    'rsolv_rate_limiter_requests_allowed_total{limit="api",scope="local"} 5',
  ]);
});

/** The series of a row's metric after one event of it. */
async function moved(
  row: InventoryRow,
  measurements: Readonly<Record<string, number>>,
): Promise<string[]> {
  const { bus, registry } = installed();
  const metadata = Object.fromEntries(row.labels.map((label) => [label, `a ${label}`]));
  bus.emit(`rsolv.${row.event}`, measurements, { ...metadata, ...row.when, extra: "ignored" });
  const name = `rsolv_${row.metric}`;
  return (await shown(registry)).filter((line) =>
    line.startsWith(`${name}{`) || line.startsWith(`${name}_sum`) ||
    line.startsWith(`${name}_count`)
  );
}

function seriesOf({ metric, kind, labels }: InventoryRow, sum: number): string[] {
  const set = `{${labels.map((label) => `${label}="a ${label}"`).join(",")}}`;
  if (kind !== "histogram") return [`rsolv_${metric}${set} ${sum}`];
  return [`rsolv_${metric}_sum${set} ${sum}`, `rsolv_${metric}_count${set} 1`];
}
