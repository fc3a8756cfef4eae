import { type Clock, systemClock } from "../io/clock.ts";
import { keyedHash } from "../io/keyed_hash.ts";
import { type Random, systemRandom } from "../io/random.ts";
import { silentLog } from "../io/log.ts";
import { createBus } from "../telemetry/bus.ts";
import { KeyHash } from "./key_hash.ts";
import type { Limiter } from "./limiter.ts";
import { checkedPlan, type NodeLimiterOptions } from "./limiter_options.ts";
import { NodeLimiter } from "./node_limiter.ts";

/** A limiter without a cluster. */
export interface LocalLimiterOptions extends Omit<NodeLimiterOptions, "scope"> {
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
  const { clock = systemClock, random = systemRandom } = options;
  const shownHash = keyedHash(random.bytes(16).toHex());
  const bus = createBus(silentLog);
  const host = { bus, clock, shownHash, prefix: "rsolv", hash: KeyHash.random(random) };
  return new NodeLimiter(checkedPlan(options), host, null);
}
