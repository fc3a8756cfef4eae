import type { Clock } from "../io/clock.ts";

/** Works on long lists in turns, so that they don't hold up everything else. */
export class Turns {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `work` for the first `count` items at once, and for the rest one turn after the other. */
  take<T>(items: readonly T[], count: number, work: (items: readonly T[]) => void): void {
    work(items.slice(0, count));
    if (items.length <= count) return;
    const cancel = this.#clock.after(0, () => {
      this.#waiting.delete(cancel);
      this.take(items.slice(count), count, work);
    });
    this.#waiting.add(cancel);
  }

  /** Leaves the rest as it is. */
  stop(): void {
    for (const cancel of this.#waiting) cancel();
    this.#waiting.clear();
  }
}
