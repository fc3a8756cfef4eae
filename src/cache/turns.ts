import type { Clock } from "../io/clock.ts";

/** Works on what is long in turns, and reads it as it goes, so that it doesn't hold up everything else. */
export class Turns {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `work` for the first `count` items at once, and for the rest one turn after the other. */
  take<T>(items: Iterator<T>, count: number, work: (items: readonly T[]) => void): void {
    this.#takeFrom(items.next(), items, count, work);
  }

  #takeFrom<T>(
    first: IteratorResult<T>,
    items: Iterator<T>,
    count: number,
    work: (items: readonly T[]) => void,
  ): void {
    const taken: T[] = [];
    let next = first;
    for (; !next.done && taken.length < count; next = items.next()) taken.push(next.value);
    work(taken);
    if (next.done) return;
    const cancel = this.#clock.after(0, () => {
      this.#waiting.delete(cancel);
      this.#takeFrom(next, items, count, work);
    });
    this.#waiting.add(cancel);
  }

  /** Leaves the rest as it is. */
  stop(): void {
    for (const cancel of this.#waiting) cancel();
    this.#waiting.clear();
  }
}
