/** Something that is counted. */
export interface Counted {
  count: number;
  /** Where it is in its heap. */
  place: number;
}

/** Keeps the least counted on top. Counts only grow, so an entry that stays only sinks. */
export class CountHeap<E extends Counted> {
  readonly #entries: E[] = [];

  get size(): number {
    return this.#entries.length;
  }

  /** The least counted; there must be one. */
  get least(): E {
    return this.#entries[0]!;
  }

  /** Takes an entry in. */
  add(entry: E): void {
    this.replace(this.#entries.length, entry);
  }

  /** Puts an entry where another is, which leaves. */
  replace(place: number, entry: E): void {
    this.#put(entry, place);
    this.#rise(entry);
    this.sink(entry);
  }

  /** Sets the heap right for an entry whose count has grown. */
  sink(entry: E): void {
    const entries = this.#entries;
    const { count } = entry;
    let { place } = entry;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= entries.length) break;
      const right = below + 1;
      if (right < entries.length && entries[right]!.count < entries[below]!.count) below = right;
      if (entries[below]!.count >= count) break;
      this.#put(entries[below]!, place);
      place = below;
    }
    this.#put(entry, place);
  }

  #rise(entry: E): void {
    let { place } = entry;
    while (place > 0) {
      const above = this.#entries[(place - 1) >> 1]!;
      if (above.count <= entry.count) break;
      this.#put(above, place);
      place = (place - 1) >> 1;
    }
    this.#put(entry, place);
  }

  #put(entry: E, place: number): void {
    this.#entries[place] = entry;
    entry.place = place;
  }
}
