import type { Option, OptionTable } from "./option.ts";
import { APP_OPTIONS, type AppOptions } from "./options/app.ts";
import { AUTH_OPTIONS, type AuthOptions } from "./options/auth.ts";
import { CLUSTER_OPTIONS, type ClusterOptions } from "./options/cluster.ts";
import { DISCOVERY_OPTIONS, type DiscoveryOptions } from "./options/discovery.ts";
import { LEDGER_OPTIONS, type LedgerOptions } from "./options/ledger.ts";
import { LIMITS_OPTIONS, type LimitsOptions } from "./options/limits.ts";
import { LOG_OPTIONS, type LogOptions } from "./options/log.ts";
import { METRICS_OPTIONS, type MetricsOptions } from "./options/metrics.ts";
import { PLUGINS_OPTIONS, type PluginsOptions } from "./options/plugins.ts";
import { POD_OPTIONS, type PodOptions } from "./options/pod.ts";

/** The value of each option by itself. `undefined`: not set, and no default of its own. */
export interface OptionValues
  extends
    MetricsOptions,
    AuthOptions,
    AppOptions,
    PluginsOptions,
    LimitsOptions,
    ClusterOptions,
    LedgerOptions,
    DiscoveryOptions,
    PodOptions,
    LogOptions {}

/** Every option of Muster, in the order of `--help`. Docs, `--help` and the parser all read this table. */
export const OPTIONS: OptionTable<OptionValues> = {
  ...METRICS_OPTIONS,
  ...AUTH_OPTIONS,
  ...APP_OPTIONS,
  ...PLUGINS_OPTIONS,
  ...LIMITS_OPTIONS,
  ...CLUSTER_OPTIONS,
  ...LEDGER_OPTIONS,
  ...DISCOVERY_OPTIONS,
  ...POD_OPTIONS,
  ...LOG_OPTIONS,
};

/** All rows, for who does not need to know the type of each value. */
export const OPTION_ROWS: readonly Option<unknown>[] = Object.values(OPTIONS);
