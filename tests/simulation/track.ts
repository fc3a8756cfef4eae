/** A value and all its changes, by the number of the operation that made them. */
export class Track {
  readonly #operations: number[] = [];
  readonly #values: number[] = [];

  /** The value since the last change; 0 before the first. */
  get last(): number {
    return this.#values.at(-1) ?? 0;
  }

  /** Notes that `operation`, which is not below the last one noted, made the value what it is. */
  set(operation: number, value: number): void {
    this.#operations.push(operation);
    this.#values.push(value);
  }

  /** The value right after `operation`; 0 before the first change. */
  after(operation: number): number {
    let low = 0;
    let high = this.#operations.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#operations[middle]! <= operation) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : this.#values[low - 1]!;
  }
}
