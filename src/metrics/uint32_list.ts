const NONE = new Uint32Array(0);
const ROOM_MIN = 8;
/** A list doubles up to here; then it grows by so many, and in the end by a quarter. */
const DOUBLED_MAX = 512;

/** A growing list of integers from 0 to 2³² - 1, at half the memory of an array's. */
export class Uint32List {
  #items = NONE;
  #length = 0;

  /** How many numbers there are. */
  get length(): number {
    return this.#length;
  }

  /** The numbers, with room behind them: for a loop that reads many before the list grows. */
  get items(): Uint32Array {
    return this.#items;
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
      this.#grow(roomFor(this.#length));
    }
    this.#items[this.#length] = value;
    return this.#length++;
  }

  /** Appends three numbers. */
  pushThree(first: number, second: number, third: number): void {
    const at = this.#length;
    if (at + 3 > this.#items.length) this.#grow(Math.max(3, roomFor(at)));
    const items = this.#items;
    items[at] = first;
    items[at + 1] = second;
    items[at + 2] = third;
    this.#length = at + 3;
  }

  /** Appends the first `count` of some numbers. */
  pushFirst(numbers: readonly number[], count: number): void {
    const at = this.#length;
    if (at + count > this.#items.length) this.#grow(Math.max(count, roomFor(at)));
    const items = this.#items;
    for (let i = 0; i < count; i++) items[at + i] = numbers[i]!;
    this.#length = at + count;
  }

  /** Appends the numbers of another list from one place to before another. */
  pushRange(from: Uint32List, first: number, end: number): void {
    this.reserve(end - first);
    this.#items.set(from.#items.subarray(first, end), this.#length);
    this.#length += end - first;
  }

  /** Adds to the number at a place below `length`. */
  add(place: number, by: number): void {
    this.#items[place]! += by;
  }

  /** Drops the numbers from a place on. */
  truncate(length: number): void {
    this.#length = length;
  }

  #grow(room: number): void {
    const items = new Uint32Array(this.#length + room);
    items.set(this.#items);
    this.#items = items;
  }
}

function roomFor(length: number): number {
  return Math.max(ROOM_MIN, Math.min(length, DOUBLED_MAX), length >> 2);
}
