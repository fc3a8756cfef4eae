/** What has counted by itself, and not in its cell yet. */
export interface Pending {
  /** Adds to the cell what was counted, and begins anew. */
  settle(): void;
}

/**
 * The handles that have counted since their cells were last written. Counting up a whole number of
 * their own is several times as fast as adding to a float64 cell over and over, where each addition
 * waits for the one before.
 */
export class PendingCounts {
  readonly #pending: Pending[] = [];

  /** Takes one that has begun to count; it may come again once it was settled. */
  add(one: Pending): void {
    this.#pending.push(one);
  }

  /** Makes every live cell as its handle would have it. */
  settle(): void {
    const pending = this.#pending;
    if (pending.length === 0) return;
    for (let i = 0; i < pending.length; i++) pending[i]!.settle();
    pending.length = 0;
  }
}
