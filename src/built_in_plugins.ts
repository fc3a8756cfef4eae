import type { PluginName } from "./config/options/plugins.ts";
import type { Clock } from "./io/clock.ts";
import { GcProfile } from "./io/gc_profile.ts";
import type { LogSink } from "./io/log.ts";
import type { ProcessFacts } from "./io/process_facts.ts";
import { readProcessUsage, readProcUsage } from "./io/process_usage.ts";
import { ADAPTERS } from "./plugins/adapters.ts";
import { type ApplicationFacts, applicationPlugin } from "./plugins/application.ts";
import { BILLING } from "./plugins/billing.ts";
import { CACHES } from "./plugins/caches.ts";
import { CUSTOMER_ONBOARDING } from "./plugins/customer_onboarding.ts";
import { DATABASE } from "./plugins/database.ts";
import { denoPlugin } from "./plugins/deno.ts";
import { HTTP } from "./plugins/http.ts";
import { JOBS } from "./plugins/jobs.ts";
import { LIVE } from "./plugins/live.ts";
import { LIMITS } from "./plugins/limits.ts";
import { MITIGATION } from "./plugins/mitigation.ts";
import { PATTERNS } from "./plugins/patterns.ts";
import type { Plugin } from "./plugins/plugin.ts";
import { RATE_LIMITER } from "./plugins/rate_limiter.ts";
import { reportsPlugin } from "./plugins/reports.ts";
import { TEST_INTEGRATION } from "./plugins/test_integration.ts";
import { VALIDATION } from "./plugins/validation.ts";
import { VALIDATION_CACHE } from "./plugins/validation_cache.ts";
import { WEB } from "./plugins/web.ts";
import { WEBSOCKET } from "./plugins/websocket.ts";
import type { Bus } from "./telemetry/bus.ts";

/** What plugins that are more than data are made of. */
export interface BuiltInParts {
  readonly bus: Bus;
  readonly log: LogSink;
  readonly clock: Clock;
  readonly facts: Pick<ProcessFacts, "versions" | "startedAtMs">;
  readonly application: ApplicationFacts;
  readonly gitSha: string | undefined;
  readonly gitAuthor: string | undefined;
  /** Of the platform's events. */
  readonly prefix: string;
}

/** Makes each plugin that comes with Muster, when it is asked for. */
export function builtInPlugins(parts: BuiltInParts): Readonly<Record<PluginName, () => Plugin>> {
  return {
    application: () => applicationPlugin({ ...parts, startedAtMs: parts.facts.startedAtMs }),
    deno: () =>
      denoPlugin({
        ...parts,
        readUsage: readProcessUsage,
        readProc: readProcUsage,
        garbage: new GcProfile(),
      }),
    http: () => HTTP,
    websocket: () => WEBSOCKET,
    live: () => LIVE,
    database: () => DATABASE,
    jobs: () => JOBS,
    adapters: () => ADAPTERS,
    validation: () => VALIDATION,
    mitigation: () => MITIGATION,
    test_integration: () => TEST_INTEGRATION,
    billing: () => BILLING,
    customer_onboarding: () => CUSTOMER_ONBOARDING,
    rate_limiter: () => RATE_LIMITER,
    validation_cache: () => VALIDATION_CACHE,
    reports: () => reportsPlugin(parts),
    web: () => WEB,
    patterns: () => PATTERNS,
    caches: () => CACHES,
    limits: () => LIMITS,
  };
}
