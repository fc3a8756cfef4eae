import { systemClock } from "./io/clock.ts";
import type { RegistryOptions } from "./metrics/metric_options.ts";
import { Registry } from "./metrics/registry.ts";
import { checkRegistryOptions } from "./metrics/registry_check.ts";

/**
 * A registry of this process alone, for programs and tests without a cluster, which goes by the clock
 * of the system unless it is handed another. A node has its own: `Muster.registry`.
 *
 * @throws {TypeError} if an option is wrong; the message tells of all that are.
 *
 * @example
 * ```ts
 * import { createRegistry } from "@muster/muster";
 * import { assert } from "@std/assert";
 *
 * const registry = createRegistry();
 * const seconds = registry.histogram({ name: "import_seconds", help: "Time of an import." });
 * await seconds.time(async () => await Promise.resolve());
 * assert(seconds.count === 1);
 * ```
 */
export function createRegistry(options: RegistryOptions = {}): Registry {
  checkRegistryOptions(options);
  const { nowMs = systemClock.nowMs, wallMs = systemClock.wallMs } = options;
  return new Registry({ ...options, nowMs, wallMs });
}
