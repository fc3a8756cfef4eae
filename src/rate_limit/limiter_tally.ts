import type { Bus, Measurements, Metadata } from "../telemetry/bus.ts";
import type { Scope } from "./limiter_options.ts";

/** Of how many decisions that take no time worth waiting one is timed: a clock costs as much as one. */
export const TIMED_ONE_IN = 1_024;

/** Where limiters tell what they decided. */
export interface LimiterBus {
  readonly bus: Bus;
  /** Of the platform's events, such as `rsolv`. */
  readonly prefix: string;
}

/**
 * What a limiter decided, in numbers. They are told as events once a round and at each scrape, not one
 * by one, so that a decision costs the same whoever listens.
 */
export class LimiterTally {
  /** Cost that was admitted and refused since the limiter began. */
  allowed = 0;
  limited = 0;
  /** Requests of dry runs for which something failed. */
  trialFailures = 0;
  readonly #events: LimiterBus;
  readonly #labels: { readonly limit: string; readonly scope: Scope };
  readonly #windowMs: number;
  #windowEndMs = -Infinity;
  #allowedBefore = 0;
  #toldAllowed = 0;
  #toldLimited = 0;
  #toldTrialFailures = 0;

  constructor(events: LimiterBus, labels: LimiterTally["labels"], windowMs: number) {
    this.#events = events;
    this.#labels = labels;
    this.#windowMs = windowMs;
  }

  /** By which it is told from other limiters. */
  get labels(): { readonly limit: string; readonly scope: Scope } {
    return this.#labels;
  }

  /** Counts a decision. */
  count(isAllowed: boolean, cost: number, nowMs: number): void {
    if (nowMs >= this.#windowEndMs) this.#turn(nowMs);
    if (isAllowed) this.allowed += cost;
    else this.limited += cost;
  }

  /** What this node admitted in the window of the clock that `nowMs` is in. */
  currentCount(nowMs: number): number {
    if (nowMs >= this.#windowEndMs) this.#turn(nowMs);
    return this.allowed - this.#allowedBefore;
  }

  /** Tells of one decision how long it took. */
  time(durationMs: number): void {
    this.emit("muster.rate_limiter.timing", { duration_ms: durationMs });
  }

  /** Tells what was decided since the last time. */
  tell(nowMs: number): void {
    const { bus, prefix } = this.#events;
    const name = `${prefix}.rate_limiter.decision`;
    const allowed = this.allowed - this.#toldAllowed, limited = this.limited - this.#toldLimited;
    this.#toldAllowed = this.allowed;
    this.#toldLimited = this.limited;
    const current = { cost: allowed, current_count: this.currentCount(nowMs) };
    bus.emit(name, current, { ...this.#labels, outcome: "allowed" });
    bus.emit(name, { cost: limited }, { ...this.#labels, outcome: "limited" });
    const failures = this.trialFailures - this.#toldTrialFailures;
    this.#toldTrialFailures = this.trialFailures;
    this.emit("muster.rate_limiter.trial_failure", { count: failures });
  }

  /** Emits an event with this limiter's labels. */
  emit(name: string, measurements: Measurements, metadata: Metadata = {}): void {
    this.#events.bus.emit(name, measurements, { ...this.#labels, ...metadata });
  }

  /** Windows are those of the clock, so that the nodes' counts of one window can be added. */
  #turn(nowMs: number): void {
    this.#allowedBefore = this.allowed;
    this.#windowEndMs = (Math.floor(nowMs / this.#windowMs) + 1) * this.#windowMs;
  }
}
