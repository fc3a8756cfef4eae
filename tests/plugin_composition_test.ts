import { assertEquals } from "@std/assert";
import { parseConfig } from "../src/config.ts";
import { PLUGIN_NAMES } from "../src/config/options/plugins.ts";
import type { LogSink } from "../src/io/log.ts";
import { Registry } from "../src/metrics/registry.ts";
import { composePlugins } from "../src/plugin_composition.ts";
import { createBus } from "../src/telemetry/bus.ts";
import { FakeClock } from "./fake_clock.ts";

/** The plugins of a node with these settings, and what its log says of them. */
function composed(settings: Readonly<Record<string, string>>) {
  const outcome = parseConfig({
    env: (name) => settings[name],
    args: [],
    envNames: Object.keys(settings),
    readFile: () => "",
    hostname: "host",
  });
  if (outcome.kind !== "config") throw new Error(JSON.stringify(outcome));
  const lines: string[] = [];
  const log: LogSink = { log: (level, message) => lines.push(`${level}: ${message}`) };
  const clock = new FakeClock();
  const versions = { deno: "0", v8: "0", typescript: "0" };
  const plugins = composePlugins(outcome.config, {
    registry: new Registry(),
    bus: createBus(log),
    clock,
    log,
    facts: { versions, startedAtMs: 0 },
  });
  return { plugins, lines };
}

Deno.test("every plugin that can be chosen is installed by default, under the name it is chosen by", () => {
  const { plugins, lines } = composed({});
  using _ = plugins;
  assertEquals([...plugins.installed.keys()], [...PLUGIN_NAMES]);
  assertEquals(lines, []);
});

Deno.test("a rule for a label that no plugin has is a warning with the nearest label", () => {
  const { plugins, lines } = composed({ MUSTER_LABEL_RULES: "custmer_id=hash,zzzzzzz=drop" });
  using _ = plugins;
  const sentence =
    "warning: MUSTER_LABEL_RULES: no plugin that MUSTER_PLUGINS chooses has the label";
  assertEquals(lines, [
    `${sentence} "custmer_id": did you mean customer_id?`,
    `${sentence} "zzzzzzz".`,
  ]);
});

Deno.test("the settings of all plugins reach each of them, and their own prefix stays", () => {
  const { plugins } = composed({
    MUSTER_PLUGINS: "billing,http",
    MUSTER_METRICS_PREFIX: "acme",
    MUSTER_POLL_MS: "500",
    MUSTER_DROP_METRICS_GROUPS: "billing.webhooks",
    MUSTER_BUCKETS: "billing.usage_tracked.quantity=3:4",
  });
  using _ = plugins;
  const options = plugins.installed.get("billing")!.options;
  assertEquals([options.prefix, options.pollMs, options.dropMetricsGroups, options.buckets], [
    "acme",
    500,
    ["webhooks"],
    { "billing.usage_tracked.quantity": [3, 4] },
  ]);
  assertEquals(plugins.installed.get("http")!.options.prefix, "");
  assertEquals(plugins.events.has("acme.billing.invoice_paid"), true);
});
