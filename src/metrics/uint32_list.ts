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

  /**
   * How many numbers are at most `value`, where all are in ascending order; or of rows of `width` numbers,
   * how many have such a number at `column`.
   */
  countUpTo(value: number, width: number = 1, column: number = 0): number {
    let low = 0;
    let high = this.#length / width;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#items[middle * width + column]! <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Makes room for so many more numbers at once. */
  reserve(count: number): void {
    if (this.#length + count <= this.#items.length) return;
    // What is appended bit by bit must not be copied each time.
    this.#grow(Math.max(count, roomFor(this.#length)));
  }

  /** Appends a number and returns its place. */
  push(value: number): number {
    this.reserve(1);
    this.#items[this.#length] = value;
    return this.#length++;
  }

  /** Appends three numbers. */
  pushThree(first: number, second: number, third: number): void {
    this.reserve(3);
    const items = this.#items;
    const at = this.#length;
    items[at] = first;
    items[at + 1] = second;
    items[at + 2] = third;
    this.#length = at + 3;
  }

  /** Appends four numbers. */
  pushFour(first: number, second: number, third: number, fourth: number): void {
    this.pushThree(first, second, third);
    this.push(fourth);
  }

  /** Appends the first `count` of some numbers. */
  pushFirst(numbers: readonly number[], count: number): void {
    this.reserve(count);
    const items = this.#items;
    const at = this.#length;
    for (let i = 0; i < count; i++) items[at + i] = numbers[i]!;
    this.#length = at + count;
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
