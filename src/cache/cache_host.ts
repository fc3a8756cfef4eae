import type { Invalidation } from "../cluster/invalidation.ts";
import type { InvalidationReach } from "../cluster/invalidation_push.ts";
import type { Clock } from "../io/clock.ts";
import type { Bus } from "../telemetry/bus.ts";

/** What a cache needs of the node that it is on. */
export interface CacheHost {
  /** Where it reads the time. */
  readonly clock: Clock;
  /** Where it tells what happened. */
  readonly bus: Bus;
  /** All that was invalidated anywhere before `vouchedAtMs` has arrived. */
  readonly vouch: { readonly vouchedAtMs: number };
  /** Tells all other nodes. */
  tell(entry: Invalidation): Promise<InvalidationReach>;
  /** The node that owns a key. */
  ownerOf(key: string): string | undefined;
  /** The cache is no longer in use, and another may have its name. */
  remove(cache: { readonly name: string }): void;
}
