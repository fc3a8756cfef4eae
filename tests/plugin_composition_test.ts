import { assertEquals } from "@std/assert";
import { parseConfig } from "../src/config.ts";
import { PLUGIN_NAMES } from "../src/config/options/plugins.ts";
import type { LogSink } from "../src/io/log.ts";
import { Registry } from "../src/metrics/registry.ts";
import { composePlugins } from "../src/plugin_composition.ts";
import type { ApplicationFacts } from "../src/plugins/application.ts";
import { createBus } from "../src/telemetry/bus.ts";
import { VERSION } from "../src/version.ts";
import { FakeClock } from "./fake_clock.ts";
import { shown } from "./metrics/shown.ts";

/** The plugins of a node with these settings, and what its log says of them. */
function composed(settings: Readonly<Record<string, string>>, application?: ApplicationFacts) {
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
  const registry = new Registry();
  const plugins = composePlugins(outcome.config, {
    registry,
    bus: createBus(log),
    clock,
    log,
    facts: { versions, startedAtMs: 0 },
    ...(application === undefined ? {} : { application }),
  });
  return { plugins, lines, registry, clock };
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

Deno.test("an application without a name is told under Muster's, with its own version if it has one", async () => {
  const infoOf = async (application: ApplicationFacts) => {
    const { plugins, registry } = composed({ MUSTER_PLUGINS: "application" }, application);
    using _ = plugins;
    return (await shown(registry)).find((line) => line.startsWith("application_primary_info"));
  };
  const info = (name: string, version: string) =>
    `application_primary_info{name="${name}",version="${version}"} 1`;
  assertEquals(await infoOf({}), info("muster", VERSION));
  assertEquals(await infoOf({ version: "2.0.0" }), info("muster", "2.0.0"));
  assertEquals(await infoOf({ name: "shop" }), info("shop", ""));
});

Deno.test("features of an application that come later stand beside Muster's own", async () => {
  const features = () => Promise.resolve({ checkout: true });
  const { plugins, registry, clock } = composed({ MUSTER_PLUGINS: "application" }, { features });
  using _ = plugins;
  await clock.advance(0);
  const lines = await shown(registry);
  for (const feature of ["checkout", "muster_cluster"]) {
    assertEquals(lines.some((line) => line.includes(`{feature="${feature}"}`)), true, feature);
  }
});
