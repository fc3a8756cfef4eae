import { type Clock, systemClock } from "../io/clock.ts";
import { keyedHash } from "../io/keyed_hash.ts";
import { type Random, systemRandom } from "../io/random.ts";
import { silentLog } from "../io/log.ts";
import { received } from "../metrics/received.ts";
import { createBus } from "../telemetry/bus.ts";
import { KeyHash } from "./key_hash.ts";
import type { Limiter } from "./limiter.ts";
import { check, checkedPlan, type CommonLimiterOptions } from "./limiter_options.ts";
import { NodeLimiter } from "./node_limiter.ts";

/** A limiter without a cluster. */
export interface LocalLimiterOptions extends CommonLimiterOptions {
  /** It counts for itself: others are known to limiters of a runtime alone. Default: `local`. */
  readonly scope?: "local";
  /** Both its times must go on. Default: the clock of this process. */
  readonly clock?: Clock;
  /** Default: that of the operating system. */
  readonly random?: Random;
}

/**
 * Makes a limiter of this process alone; `Muster.createLimiter` makes those that know the cluster and are
 * measured.
 *
 * @throws {TypeError} if an option is wrong.
 *
 * @example
 * ```ts
 * import { createLimiter } from "@muster/muster";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const limiter = createLimiter({
 *   name: "reports",
 *   limits: [{ limit: 2, windowMs: 1_000 }, { limit: 100, windowMs: 86_400_000 }],
 * });
 * assert(limiter.consume("anna").allowed);
 * assert(limiter.consume("anna").allowed);
 * const refused = limiter.consume("anna");
 * assertEquals([refused.allowed, refused.policy, refused.remaining], [false, "1s", 0]);
 * ```
 */
export function createLimiter(options: LocalLimiterOptions): Limiter {
  checkLocal(options);
  const plan = checkedPlan(options);
  const { name, clock = systemClock, random = systemRandom } = options;
  const isClock = typeof clock?.nowMs === "function" && typeof clock.wallMs === "function";
  check(isClock, name, "clock", "one with nowMs() and wallMs()", clock);
  const isRandom = typeof random?.bytes === "function";
  check(isRandom, name, "random", "one with bytes()", random);
  const shownHash = keyedHash(random.bytes(16).toHex());
  const bus = createBus(silentLog);
  const host = { bus, clock, shownHash, prefix: "rsolv", hash: KeyHash.random(random) };
  return new NodeLimiter(plan, host, null);
}

/** Refuses what would need a runtime: a limiter that ignored it would admit more than it was told to. */
function checkLocal(options: LocalLimiterOptions): void {
  const scope: unknown = options?.scope;
  if (scope === undefined || scope === "local") return;
  throw new TypeError(
    `Cannot make the limiter ${received(options.name)}: scope must be local without a runtime: ` +
      `received ${received(scope)}: ` +
      "take muster.createLimiter, where muster is what startMuster gives",
  );
}
