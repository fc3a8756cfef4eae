import type { Invalidation } from "./invalidation.ts";

/** Entries that are kept of a log, and that go in one message. */
export const LOG_ENTRIES_MAX = 1_024;
/** Characters that they may have together. */
export const LOG_CHARS_MAX = 65_536;
/** How much more a node keeps of its own log, until all have it. Who lags by more clears its caches. */
export const OWN_LOG_FACTOR = 8;

/** The invalidations of one incarnation, numbered from 1 on, of which the newest are kept. */
export class InvalidationLog {
  readonly #factor: number;
  #entries: Invalidation[] = [];
  #chars = 0;
  #position = 0;

  /** Keeps `factor` times what goes in one message. */
  constructor(factor: number = 1) {
    this.#factor = factor;
  }

  /** The number of the newest entry; 0 for none. */
  get position(): number {
    return this.#position;
  }

  /** Adds the next entry. */
  add(entry: Invalidation): void {
    this.#position++;
    this.#entries.push(entry);
    this.#chars += charsOf(entry);
    while (
      this.#entries.length > LOG_ENTRIES_MAX * this.#factor ||
      this.#chars > LOG_CHARS_MAX * this.#factor
    ) this.#chars -= charsOf(this.#entries.shift()!);
  }

  /** The entries after a position; null where some of them are no longer kept. */
  after(position: number): readonly Invalidation[] | null {
    const from = this.#entries.length - (this.#position - position);
    return from < 0 ? null : this.#entries.slice(from);
  }

  /**
   * As many entries as go in one message, from the one after a position on, or from the oldest that is
   * kept where that is later.
   */
  stretch(position: number): { readonly after: number; readonly entries: readonly Invalidation[] } {
    const after = Math.max(position, this.#position - this.#entries.length);
    const from = this.#entries.length - (this.#position - after);
    let [to, chars] = [from, 0];
    for (; to < this.#entries.length && to - from < LOG_ENTRIES_MAX; to++) {
      chars += charsOf(this.#entries[to]!);
      if (chars > LOG_CHARS_MAX) break;
    }
    return { after, entries: this.#entries.slice(from, to) };
  }

  /** Goes on after entries that never came. */
  skipTo(position: number): void {
    this.#entries = [];
    this.#chars = 0;
    this.#position = position;
  }

  /** Becomes what another one is, as far as it has room. */
  copy(other: InvalidationLog): void {
    this.skipTo(other.#position - other.#entries.length);
    for (const entry of other.#entries) this.add(entry);
  }
}

/** What an entry counts for. */
export function charsOf({ cache, name }: Invalidation): number {
  return cache.length + name.length + 1;
}
