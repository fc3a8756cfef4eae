import { type Counted, CountHeap } from "./count_heap.ts";

/** What stands for every value that is not among the busiest. */
export const OTHER = "_other";
/** So many times more values are watched than may keep their name. */
const WATCHED_PER_NAMED = 10;
/** A value must be so many times as busy as the least busy one of the top to take its place. */
const LEAD = 1.25;

interface TopEntry extends Counted {
  readonly value: string;
  /** How much of the count may be of values that it took the place of. */
  error: number;
  isNamed: boolean;
}

/**
 * The busiest values of a label, as a stream tells: Space-Saving (Metwally, Agrawal and El Abbadi,
 * 2005), in memory that does not grow with the number of values.
 *
 * Every use counts for one name alone, at the moment it happens: its own while it is in the top,
 * otherwise `_other`. Nothing that was counted is moved later, so no counter falls and nothing is
 * counted twice. A value that enters the top begins where its own series ended, 0 at first; what it
 * counted as `_other` stays there. One that leaves keeps its series, which stands still.
 *
 * To enter, a value must be a quarter busier than the least busy of the top, by what is certain of its
 * count. So values that are about equal do not take turns, and the number of names that ever were in
 * the top is at most `top` times the logarithm of the uses to the base 1.25.
 */
export class TopValues {
  readonly #top: number;
  readonly #entries = new Map<string, TopEntry>();
  readonly #named: TopEntry[] = [];
  readonly #watched = new CountHeap<TopEntry>();
  /** No value of the top is less busy. Counts only grow, so it may be too low, and is looked up then. */
  #leastNamed = 0;

  /** `top` is how many values keep their name. */
  constructor(top: number) {
    this.#top = top;
  }

  /** Counts a use of `value`, and returns the name that it goes by now. */
  take(value: string): string {
    const entry = this.#entries.get(value);
    if (entry === undefined) return this.#meet(value);
    entry.count++;
    if (entry.isNamed) return value;
    this.#watched.sink(entry);
    const certain = entry.count - entry.error;
    if (certain <= this.#leastNamed * LEAD) return OTHER;
    const least = this.#named.reduce((a, b) => b.count < a.count ? b : a);
    this.#leastNamed = least.count;
    if (certain <= least.count * LEAD) return OTHER;
    this.#enter(entry, least);
    return value;
  }

  /** How many values are held, which has a limit. */
  get size(): number {
    return this.#entries.size;
  }

  #meet(value: string): string {
    const isNamed = this.#named.length < this.#top;
    const entry: TopEntry = { value, count: 1, error: 0, place: 0, isNamed };
    if (isNamed) {
      this.#named.push(entry);
    } else if (this.#watched.size < this.#top * WATCHED_PER_NAMED) {
      this.#watched.add(entry);
    } else {
      const { least } = this.#watched;
      this.#entries.delete(least.value);
      entry.error = least.count;
      entry.count = least.count + 1;
      this.#watched.replace(least.place, entry);
    }
    this.#entries.set(value, entry);
    return isNamed ? value : OTHER;
  }

  #enter(entry: TopEntry, leaving: TopEntry): void {
    this.#named[this.#named.indexOf(leaving)] = entry;
    this.#watched.replace(entry.place, leaving);
    entry.isNamed = true;
    leaving.isNamed = false;
  }
}
