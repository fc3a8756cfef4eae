import { assertEquals } from "@std/assert";
import { PATTERNS } from "../../src/plugins/patterns.ts";
import type { Plugin } from "../../src/plugins/plugin.ts";
import { VALIDATION_CACHE } from "../../src/plugins/validation_cache.ts";
import { WEB } from "../../src/plugins/web.ts";
import { INVENTORY, type InventoryRow } from "../plugins/inventory.ts";
import { freePort } from "../servers/free_port.ts";
import { Prometheus } from "../servers/prometheus.ts";
import { until } from "../until.ts";
import { NodeProcess } from "./node_process.ts";

const HOST = "127.0.0.1";
const TOKEN = "a-token-of-the-test";
const AUTHORIZATION = { authorization: `Bearer ${TOKEN}` };

/** By measurement, what every event carries of it; all different. */
const MEASUREMENTS: Readonly<Record<string, number>> = {
  count: 3,
  duration_ms: 250,
  lines_integrated: 17,
  trust_score: 85,
  amount_cents: 990,
  quantity: 42,
  cost: 5,
  current_count: 11,
};

Deno.test("every metric of the platform is moved through the intake and read back from Prometheus", async () => {
  await using node = await NodeProcess.start({
    program: "src/main.ts",
    args: [`--metrics-port=${freePort(HOST)}`],
    env: {
      METRICS_LISTEN_HOST: HOST,
      MUSTER_APP_LISTEN_HOST: HOST,
      METRICS_AUTH: "bearer",
      METRICS_AUTH_TOKEN: TOKEN,
    },
  });
  await using prometheus = await Prometheus.start({
    scrapeConfigs: [
      "- job_name: m",
      "  honor_labels: true",
      `  authorization: {credentials: "${TOKEN}"}`,
      `  static_configs: [{targets: ["${new URL(node.opsUrl).host}"]}]`,
    ].join("\n"),
  });
  const business = [WEB, PATTERNS, VALIDATION_CACHE];
  const events = [...business.flatMap(everyEventOf), ...INVENTORY.map(eventOf)];
  const response = await fetch(`${node.appUrl}/telemetry/events`, {
    method: "POST",
    headers: AUTHORIZATION,
    body: JSON.stringify(events),
  });
  const { accepted, rejected } = await response.json();
  assertEquals([response.status, accepted, rejected], [200, events.length, 0]);

  const last = INVENTORY.at(-1)!;
  await until(() => prometheus.value(`rsolv_${last.metric}{${selectorOf(last)}}`), {
    what: "the first scrape with the events",
    deadlineMs: 30_000,
    details: () => `${prometheus.log}\n${node.log}`,
  });
  for (const row of INVENTORY) {
    const { metric, kind, measurement, buckets = [] } = row;
    const value = MEASUREMENTS[measurement]!;
    const selector = selectorOf(row);
    if (kind !== "histogram") {
      assertEquals(await prometheus.value(`rsolv_${metric}{${selector}}`), value, metric);
      continue;
    }
    assertEquals(await prometheus.value(`rsolv_${metric}_sum{${selector}}`), value, metric);
    const series = await prometheus.query(`rsolv_${metric}_bucket{${selector}}`);
    const counts = new Map(
      series.map((
        { metric: { le }, value: [, count] = [0, ""] },
      ) => [Number(le!.replace("+Inf", "Infinity")), Number(count)]),
    );
    const expected = [...buckets, Infinity].map((bound) =>
      [bound, bound >= value ? 1 : 0] as const
    );
    assertEquals(counts, new Map(expected), metric);
  }
  for (const { metrics } of business) {
    for (const [name, { kind }] of Object.entries(metrics)) {
      const metric = `rsolv_${name.replaceAll(".", "_")}${kind === "summary" ? "_sum" : ""}`;
      assertEquals(await prometheus.value(`sum(${metric})`), 3, metric);
    }
  }
});

/** Each event of a plugin once, with 3 for every number and a value for every label. */
function everyEventOf({ events, metrics }: Plugin): unknown[] {
  return Object.entries(events).map(([name, { bindings }]) => {
    const numbers = bindings.map(({ measurement = "count" }) => [measurement, 3] as const);
    const labels = bindings.flatMap(({ metric, labels = {} }) =>
      (metrics[metric]!.labels ?? []).map((label) => [labels[label] ?? label, "a value"] as const)
    );
    return {
      name: `rsolv.${name}`,
      measurements: Object.fromEntries(numbers),
      metadata: Object.fromEntries(labels),
    };
  });
}

/** An event whose labels tell from which row it is. */
function eventOf(row: InventoryRow): unknown {
  const metadata = Object.fromEntries(row.labels.map((label) => [label, valueOf(row, label)]));
  return {
    name: `rsolv.${row.event}`,
    measurements: { [row.measurement]: MEASUREMENTS[row.measurement] },
    metadata: { ...metadata, ...row.when },
  };
}

function selectorOf(row: InventoryRow): string {
  return row.labels.map((label) => `${label}="${valueOf(row, label)}"`).join(",");
}

function valueOf({ metric }: InventoryRow, label: string): string {
  return `${label} of ${metric}`;
}
