import type { CacheHost } from "../../src/cache/cache_host.ts";
import type { Invalidation } from "../../src/cluster/invalidation.ts";
import { silentLog } from "../../src/io/log.ts";
import { type Bus, createBus } from "../../src/telemetry/bus.ts";
import { FakeClock } from "../fake_clock.ts";

/** What a cache needs of its node, in the hands of a test. */
export class LocalHost implements CacheHost {
  readonly clock: FakeClock = new FakeClock();
  readonly bus: Bus = createBus(silentLog);
  readonly vouch: { vouchedAtMs: number } = { vouchedAtMs: Infinity };
  readonly told: Invalidation[] = [];
  readonly removed: string[] = [];

  tell(entry: Invalidation): Promise<{ confirmed: number; missed: string[] }> {
    this.told.push(entry);
    return Promise.resolve({ confirmed: 0, missed: [] });
  }

  ownerOf(): string | undefined {
    return "web-0";
  }

  remove({ name }: { readonly name: string }): void {
    this.removed.push(name);
  }
}
