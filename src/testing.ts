/**
 * For the tests of services that measure with Muster: a runtime without cluster, port or running clock,
 * the events that were emitted, and what the metrics show.
 *
 * @example
 * ```ts
 * import { assertMetric, createTestRuntime } from "@muster/muster/testing";
 *
 * using runtime = createTestRuntime({ settings: { MUSTER_METRICS_PREFIX: "acme" } });
 * runtime.bus.emit("acme.signup.created", {}, { source: "blog", domain: "example.org" });
 * assertMetric(runtime, "acme_signups_total", { source: "blog", domain: "example.org" }, 1);
 * ```
 *
 * @module
 */
export { assertMetric } from "./testing/assert_metric.ts";
export { type CapturedEvent, CapturedEvents } from "./testing/captured_events.ts";
export { FakeClock } from "./testing/fake_clock.ts";
export {
  createTestRuntime,
  type TestRuntime,
  type TestRuntimeOptions,
} from "./testing/test_runtime.ts";
export type { Bus, Measurements, Metadata } from "./telemetry/bus.ts";
