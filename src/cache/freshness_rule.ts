import type { Clock } from "../io/clock.ts";
import type { CacheOptions } from "./cache_options.ts";
import { Entry, type Freshness, type Held } from "./entry.ts";

/** What a cache may do with an entry now: its times, and the bound on staleness. */
export class FreshnessRule {
  readonly isBounded: boolean;
  readonly #clock: Clock;
  readonly #vouch: { readonly vouchedAtMs: number };
  readonly #staleMsMax: number;
  readonly #staleTtlMs: number;

  constructor(
    { staleMsMax = Infinity, staleTtlMs = 0 }: Pick<
      CacheOptions<unknown>,
      "staleMsMax" | "staleTtlMs"
    >,
    clock: Clock,
    vouch: { readonly vouchedAtMs: number },
  ) {
    this.isBounded = staleMsMax !== Infinity;
    this.#clock = clock;
    this.#vouch = vouch;
    this.#staleMsMax = staleMsMax;
    this.#staleTtlMs = staleTtlMs;
  }

  /** From when on an entry counts that is kept now; nothing needs the time where nothing depends on it. */
  sinceMs(ttlMs: number): number {
    return this.isBounded || ttlMs !== Infinity ? this.#clock.nowMs() : 0;
  }

  /** What may be done with what is held; who has read the clock already says what it showed. */
  freshnessOf<V>(held: Held<V>, readMs?: number): Freshness {
    if (!(held instanceof Entry)) return "fresh";
    const { sinceMs, expiresAtMs, isAbsent } = held;
    if (!this.isBounded && expiresAtMs === Infinity) return "fresh";
    const nowMs = readMs ?? this.#clock.nowMs();
    if (this.isBounded && !this.isVouched(sinceMs, nowMs)) return "unvouched";
    if (nowMs < expiresAtMs) return "fresh";
    return !isAbsent && nowMs < expiresAtMs + this.#staleTtlMs ? "stale" : "expired";
  }

  /** Whether no invalidation since `sinceMs` can be missing that is older than the bound. */
  isVouched(sinceMs: number, nowMs: number): boolean {
    const { vouchedAtMs } = this.#vouch;
    return nowMs - this.#staleMsMax <= (vouchedAtMs > sinceMs ? vouchedAtMs : sinceMs);
  }

  /** Whether that is so of everything that is held, whenever it came. */
  vouchesForAll(nowMs: number): boolean {
    return nowMs - this.#staleMsMax <= this.#vouch.vouchedAtMs;
  }
}
