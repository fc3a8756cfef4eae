import { systemClock } from "./io/clock.ts";
import { silentLog } from "./io/log.ts";
import { readProcessFacts } from "./io/process_facts.ts";
import { systemRandom } from "./io/random.ts";
import { builtInPlugins } from "./built_in_plugins.ts";
import { MUSTER_APPLICATION } from "./muster_application.ts";
import { DEFAULT_PLUGIN_OPTIONS } from "./plugins/installed_plugin.ts";
import { pluginDocs } from "./plugins/plugin_docs.ts";
import { createBus } from "./telemetry/bus.ts";

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
  return pluginDocs(Object.values(builtIn).map((make) => make()), prefix);
}
