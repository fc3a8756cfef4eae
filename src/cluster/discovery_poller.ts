import type { Clock } from "../io/clock.ts";
import type { Random } from "../io/random.ts";
import type { LookupResult } from "./discovery_result.ts";
import {
  type DiscoveryState,
  discoveryStep,
  initialDiscoveryState,
  nextPollDelayMs,
} from "./discovery_state.ts";
import type { Discovery, DiscoveryMode, DiscoveryView } from "./discovery_view.ts";

/** What a {@link PollingDiscovery} is made of. */
export interface PollingDiscoveryOptions {
  readonly mode: DiscoveryMode;
  readonly name: string | null;
  readonly servers: readonly string[];
  /** One poll, with the addresses known before. Never rejects. */
  readonly lookup: (
    previous: readonly string[],
    signal: AbortSignal,
  ) => Promise<LookupResult> | LookupResult;
  readonly clock: Clock;
  readonly random: Random;
  readonly addressesMax: number;
  /** A `refresh` within this time after a poll ended takes that poll's view. */
  readonly refreshGapMs: number;
}

/** The shell around `discoveryStep`: one poll at a time, one timer. */
export class PollingDiscovery implements Discovery {
  readonly #options: PollingDiscoveryOptions;
  readonly #listeners = new Set<(view: DiscoveryView) => void>();
  readonly #stop = new AbortController();
  #state: DiscoveryState = initialDiscoveryState;
  #view: DiscoveryView;
  #started = false;
  #poll: Promise<void> | null = null;
  #polledAtMs = -Infinity;
  #cancelTimer: () => void = () => {};

  constructor(options: PollingDiscoveryOptions) {
    this.#options = options;
    this.#view = this.#toView();
  }

  get view(): DiscoveryView {
    return this.#view;
  }

  start(): void {
    if (this.#started || this.#stop.signal.aborted) return;
    this.#started = true;
    this.#pollNow();
  }

  async refresh(): Promise<DiscoveryView> {
    const { clock, refreshGapMs } = this.#options;
    const recent = clock.nowMs() - this.#polledAtMs < refreshGapMs;
    if (this.#poll !== null || !recent) await this.#pollNow();
    return this.#view;
  }

  onView(listener: (view: DiscoveryView) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stops for good: no timer, socket or poll is left, and no listener is called any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    this.#cancelTimer();
    this.#stop.abort();
    await this.#poll;
  }

  /** Starts a poll, or gives the one under way. */
  #pollNow(): Promise<void> {
    if (this.#stop.signal.aborted) return this.#poll ?? Promise.resolve();
    this.#poll ??= this.#pollOnce();
    return this.#poll;
  }

  async #pollOnce(): Promise<void> {
    const { lookup, clock, random, addressesMax } = this.#options;
    this.#cancelTimer();
    const result = await lookup(this.#state.addresses, this.#stop.signal);
    this.#poll = null;
    // What an aborted lookup says is about us, not about the name.
    if (this.#stop.signal.aborted) return;
    this.#polledAtMs = clock.nowMs();
    this.#state = discoveryStep(this.#state, result, this.#polledAtMs, addressesMax);
    this.#view = this.#toView();
    if (this.#started) {
      const delayMs = nextPollDelayMs(this.#state, random.float());
      this.#cancelTimer = clock.after(delayMs, () => this.#pollNow());
    }
    for (const listener of this.#listeners) listener(this.#view);
  }

  #toView(): DiscoveryView {
    const { mode, name, servers } = this.#options;
    return { mode, name, servers, ...this.#state };
  }
}
