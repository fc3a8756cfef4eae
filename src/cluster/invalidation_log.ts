import type { Invalidation } from "./invalidation.ts";

/** Entries that are kept of a log. Who lags behind by more clears its caches. */
export const LOG_ENTRIES_MAX = 1_024;
/** Characters that they may have together. */
export const LOG_CHARS_MAX = 65_536;

/** The invalidations of one incarnation, numbered from 1 on, of which the newest are kept. */
export class InvalidationLog {
  #entries: Invalidation[] = [];
  #chars = 0;
  #position = 0;

  /** The number of the newest entry; 0 for none. */
  get position(): number {
    return this.#position;
  }

  /** Adds the next entry. */
  add(entry: Invalidation): void {
    this.#position++;
    this.#entries.push(entry);
    this.#chars += charsOf(entry);
    while (this.#entries.length > LOG_ENTRIES_MAX || this.#chars > LOG_CHARS_MAX) {
      this.#chars -= charsOf(this.#entries.shift()!);
    }
  }

  /** The entries after a position; null where some of them are no longer kept. */
  after(position: number): readonly Invalidation[] | null {
    const from = this.#entries.length - (this.#position - position);
    return from < 0 ? null : this.#entries.slice(from);
  }

  /** Goes on after entries that never came. */
  skipTo(position: number): void {
    this.#entries = [];
    this.#chars = 0;
    this.#position = position;
  }
}

/** What an entry counts for. */
export function charsOf({ cache, name }: Invalidation): number {
  return cache.length + name.length + 1;
}
