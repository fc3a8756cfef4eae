import { systemClock } from "./io/clock.ts";
import { silentLog } from "./io/log.ts";
import { readProcessFacts } from "./io/process_facts.ts";
import { systemRandom } from "./io/random.ts";
import { builtInPlugins } from "./built_in_plugins.ts";
import { MUSTER_APPLICATION } from "./muster_application.ts";
import { DEFAULT_PLUGIN_OPTIONS } from "./plugins/installed_plugin.ts";
import { pluginDocs } from "./plugins/plugin_docs.ts";
import { createClusterMetrics } from "./cluster/cluster_metrics.ts";
import { registerGatheringFamilies } from "./http/gathering_families.ts";
import { createScrapeMetrics } from "./http/scrape_metrics.ts";
import type { FamilyDef } from "./metrics/family.ts";
import { Registry } from "./metrics/registry.ts";
import { createRegistryMetrics } from "./metrics/registry_metrics.ts";
import { familyDocs } from "./plugins/family_docs.ts";
import { registerIntakeEvents } from "./plugins/intake.ts";
import { createPluginMetrics } from "./plugins/plugin_metrics.ts";
import { createSourceMetrics } from "./sources/source_metrics.ts";
import { createBus } from "./telemetry/bus.ts";

const CLUSTER =
  "Muster itself: nodes, events, exchange, discovery, scrapes, merge, ledger, sources, " +
  "polls and intake. These are always there; the lag of the event loop is in `deno`, and caches and " +
  "limiters have plugins of their own.";

// `deno task docs` writes what the plugins say of themselves.
if (import.meta.main) {
  Deno.writeTextFileSync(new URL("plugins/METRICS.md", import.meta.url), docs());
}

/** The page about all plugins that come with Muster. */
export function docs(): string {
  const { prefix } = DEFAULT_PLUGIN_OPTIONS;
  const builtIn = builtInPlugins({
    bus: createBus(silentLog),
    log: silentLog,
    clock: systemClock,
    facts: readProcessFacts(systemRandom),
    application: MUSTER_APPLICATION,
    gitSha: undefined,
    gitAuthor: undefined,
    prefix,
  });
  return [
    pluginDocs(Object.values(builtIn).map((make) => make()), prefix),
    familyDocs("cluster", CLUSTER, ownFamilies()),
  ].join("\n");
}

/** What a node registers for itself. */
function ownFamilies(): readonly FamilyDef[] {
  const registry = new Registry();
  registerGatheringFamilies(registry);
  createClusterMetrics(registry);
  createScrapeMetrics(registry);
  createRegistryMetrics(registry);
  createSourceMetrics(registry);
  createPluginMetrics(registry, createBus(silentLog));
  registerIntakeEvents(registry);
  return registry.shard.layout.families;
}
