import { parseConfig } from "../config.ts";
import type { PluginName } from "../config/options/plugins.ts";
import { silentLog } from "../io/log.ts";
import { Registry } from "../metrics/registry.ts";
import { composeIntake, composePlugins } from "../plugin_composition.ts";
import type { Plugin, PluginOptions } from "../plugins/plugin.ts";
import { type Bus, createBus } from "../telemetry/bus.ts";
import { CapturedEvents } from "./captured_events.ts";
import { FakeClock } from "./fake_clock.ts";

/** Those that measure nothing but events, so that a test sees what it does itself. */
const PLUGINS: readonly PluginName[] = [
  "validation",
  "mitigation",
  "test_integration",
  "billing",
  "customer_onboarding",
  "rate_limiter",
  "validation_cache",
  "web",
  "patterns",
];

/** What a test may choose. */
export interface TestRuntimeOptions {
  /**
   * Settings by the names that `deno task start --help` lists. Nothing is read from the environment.
   * Default for `MUSTER_PLUGINS`: those of the platform that measure events alone.
   */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * What a service measures with, without a cluster, a port or a clock that runs: hand it to the code
 * under test in place of what `startMuster` gives.
 */
export interface TestRuntime extends Disposable {
  /** Where metrics are registered. */
  readonly registry: Registry;
  /** Where events are emitted and heard. */
  readonly bus: Bus;
  /** Stands still until the test moves it; polls run while it moves. */
  readonly clock: FakeClock;
  /** Every event so far. */
  readonly events: CapturedEvents;
  /** See `Muster.addPlugin`. */
  addPlugin(plugin: Plugin, options?: Partial<PluginOptions>): void;
  /** See `Muster.takeEvents`. */
  takeEvents(request: Request): Promise<Response>;
}

/**
 * Makes a fresh runtime that shares nothing with any other.
 *
 * @throws {TypeError} if a setting is wrong; the message lists all that are.
 *
 * @example
 * ```ts
 * import { assertMetric, createTestRuntime } from "@muster/muster/testing";
 * import { assertEquals } from "@std/assert";
 *
 * using runtime = createTestRuntime();
 *
 * // What the code under test does:
 * runtime.bus.emit("rsolv.billing.invoice_paid", { amount_cents: 990 }, { plan: "pro" });
 *
 * assertMetric(runtime, "rsolv_billing_invoice_paid_total", { plan: "pro" }, 1);
 * assertMetric(runtime, "rsolv_billing_invoice_paid_amount_cents_sum", { plan: "pro" }, 990);
 * assertEquals(runtime.events.all.map(({ name }) => name), ["rsolv.billing.invoice_paid"]);
 * ```
 */
export function createTestRuntime({ settings = {} }: TestRuntimeOptions = {}): TestRuntime {
  const given: Readonly<Record<string, string>> = { MUSTER_PLUGINS: PLUGINS.join(), ...settings };
  const outcome = parseConfig({
    env: (name) => given[name],
    args: [],
    envNames: Object.keys(given),
    readFile: (path) => {
      throw new TypeError(`a test reads no files: received ${path}`);
    },
    hostname: "test",
  });
  if (outcome.kind !== "config") {
    const problems = outcome.kind === "problems" ? outcome.problems.join("\n") : outcome.kind;
    throw new TypeError(`Cannot make a runtime for a test:\n${problems}`);
  }
  const { config } = outcome;
  const clock = new FakeClock();
  const bus = createBus(silentLog, () => clock.nowMs());
  const registry = new Registry({
    seriesPerFamilyMax: config.seriesPerFamilyMax,
    cellsMax: config.cellsMax,
    nowMs: () => clock.nowMs(),
    wallMs: () => clock.wallMs(),
  });
  const versions = { deno: "0", v8: "0", typescript: "0" };
  const facts = { versions, startedAtMs: clock.wallMs() };
  const plugins = composePlugins(config, { registry, bus, clock, log: silentLog, facts });
  return {
    registry,
    bus,
    clock,
    events: new CapturedEvents(bus),
    addPlugin: (plugin, options) => plugins.add(plugin, options),
    takeEvents: composeIntake({ config, registry, bus, plugins }, clock),
    [Symbol.dispose]: () => plugins[Symbol.dispose](),
  };
}
