import { type Counted, CountHeap } from "./count_heap.ts";

/** What stands for every value that is not among the busiest. */
export const OTHER = "_other";
/** So many times more values are watched than may keep their name. */
const WATCHED_PER_NAMED = 10;
/** A value must be so many times as busy as the least busy one of the top to take its place. */
const LEAD = 1.25;

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
  readonly #entries = new Map<string, Counted>();
  readonly #named = new CountHeap();
  readonly #watched = new CountHeap();
  readonly #isNamed = new Set<Counted>();

  /** `top` is how many values keep their name. */
  constructor(top: number) {
    this.#top = top;
  }

  /** Counts a use of `value`, and returns the name that it goes by now. */
  take(value: string): string {
    const entry = this.#entries.get(value);
    if (entry === undefined) return this.#meet(value);
    entry.count++;
    if (this.#isNamed.has(entry)) {
      this.#named.sink(entry);
      return value;
    }
    this.#watched.sink(entry);
    const { least } = this.#named;
    if (entry.count - entry.error <= least.count * LEAD) return OTHER;
    this.#enter(entry, least);
    return value;
  }

  /** How many values are held, which has a limit. */
  get size(): number {
    return this.#entries.size;
  }

  #meet(value: string): string {
    const entry: Counted = { value, count: 1, error: 0, place: 0 };
    if (this.#named.size < this.#top) {
      this.#entries.set(value, entry);
      this.#named.add(entry);
      this.#isNamed.add(entry);
      return value;
    }
    if (this.#watched.size < this.#top * WATCHED_PER_NAMED) {
      this.#watched.add(entry);
    } else {
      const { least } = this.#watched;
      this.#entries.delete(least.value);
      entry.error = least.count;
      entry.count = least.count + 1;
      this.#watched.replace(least.place, entry);
    }
    this.#entries.set(value, entry);
    return OTHER;
  }

  #enter(entry: Counted, leaving: Counted): void {
    this.#isNamed.delete(leaving);
    this.#isNamed.add(entry);
    const { place } = entry;
    this.#named.replace(leaving.place, entry);
    this.#watched.replace(place, leaving);
  }
}
