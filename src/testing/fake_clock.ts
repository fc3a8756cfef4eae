import type { Clock } from "../io/clock.ts";

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that stands still until the test moves it. Timers fire in order while it moves. */
export class FakeClock implements Clock {
  #nowMs: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  /** It begins at `startMs`, in milliseconds since the epoch. Default: 1,000,000. */
  constructor(startMs: number = 1_000_000) {
    this.#nowMs = startMs;
  }

  /** See `Clock.nowMs`. */
  nowMs(): number {
    return this.#nowMs;
  }

  /** The same: this wall clock never jumps by itself. */
  wallMs(): number {
    return this.#nowMs;
  }

  /** See `Clock.after`. */
  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that have not fired. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves time on, firing what comes due, and lets promises settle after each timer. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settle();
    for (;;) {
      const next = [...this.#timers].filter((timer) => timer.atMs <= endMs)
        .sort((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
      await settle();
    }
    this.#nowMs = endMs;
    await settle();
  }

  /** Jumps without firing timers on the way, as a process sees that was stopped for `ms`. */
  jump(ms: number): void {
    this.#nowMs += ms;
  }
}

/** Lets every promise that can settle without time or IO do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}
