const ROOM_MIN = 8;
/** A list doubles up to here; then it grows by so many, and in the end by a quarter. */
const DOUBLED_MAX = 512;

/** A growing list of integers from 0 to 2³² - 1, at half the memory of an array's. */
export class Uint32List {
  #items = new Uint32Array(0);
  #length = 0;

  /** How many numbers there are. */
  get length(): number {
    return this.#length;
  }

  /** The number at a place below `length`. */
  at(place: number): number {
    return this.#items[place]!;
  }

  /** How many numbers are at most `value`, where all are in ascending order. */
  countUpTo(value: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#items[middle]! <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Makes room for so many more numbers at once. */
  reserve(count: number): void {
    if (this.#length + count > this.#items.length) this.#grow(count);
  }

  /** Appends a number and returns its place. */
  push(value: number): number {
    if (this.#length === this.#items.length) {
      this.#grow(Math.max(ROOM_MIN, Math.min(this.#length, DOUBLED_MAX), this.#length >> 2));
    }
    this.#items[this.#length] = value;
    return this.#length++;
  }

  #grow(room: number): void {
    const items = new Uint32Array(this.#length + room);
    items.set(this.#items);
    this.#items = items;
  }
}
