import { Uint32List } from "./uint32_list.ts";

/** A series takes a row of four numbers: its family, its first cell, the place and number of its labels. */
const FAMILY = 0;
const FIRST_CELL = 1;
const PLACE = 2;
const LABELS = 3;
const ROW = 4;

/**
 * Series on their way to a table. Label values are numbers of strings, as they come, so that reading a
 * hundred thousand of them makes no objects.
 */
export class SeriesBatch {
  readonly #rows = new Uint32List();
  /** The label values of all series, one after another, each by its number. */
  readonly #values = new Uint32List();
  readonly #strings: string[] = [];
  #lastPlace = 0;

  /** How many series there are. Series are numbered from 0. */
  get length(): number {
    return this.#rows.length / ROW;
  }

  /** Bytes that its numbers take, or have room for. */
  get roomBytes(): number {
    return this.#rows.items.byteLength + this.#values.items.byteLength;
  }

  /** Forgets all series and strings, and keeps the room of the numbers. */
  clear(): void {
    this.#rows.truncate(0);
    this.#values.truncate(0);
    this.#strings.length = 0;
    this.#lastPlace = 0;
  }

  /** Keeps a string that may be a label value, and returns its number. */
  addString(value: string): number {
    return this.#strings.push(value) - 1;
  }

  /** How many strings are kept. They are numbered from 0. */
  get stringCount(): number {
    return this.#strings.length;
  }

  /** A string that is kept, by its number. */
  stringAt(number: number): string {
    return this.#strings[number]!;
  }

  /** Appends a series, whose label values are the first `count` of these strings, by their numbers. */
  push(family: number, labelNumbers: readonly number[], count: number, firstCell: number): void {
    const { items, length } = this.#values;
    const last = this.#lastPlace;
    // What counts requests also times them: a series often has the label values of the one before.
    let isSame = length - last === count;
    for (let i = 0; isSame && i < count; i++) isSame = items[last + i] === labelNumbers[i];
    if (!isSame) {
      this.#lastPlace = length;
      this.#values.pushFirst(labelNumbers, count);
    }
    this.#rows.pushFour(family, firstCell, this.#lastPlace, count);
  }

  /** Appends a series with these label values, of which it takes those of the series before as known. */
  pushTexts(family: number, labelValues: readonly string[], firstCell: number): void {
    const { length } = this.#values;
    const numbers = labelValues.map((value, i) => {
      const place = this.#lastPlace + i;
      const before = place < length ? this.#values.at(place) : -1;
      return this.#strings[before] === value ? before : this.addString(value);
    });
    this.push(family, numbers, numbers.length, firstCell);
  }

  /** The number of a series' family. */
  familyOf(series: number): number {
    return this.#rows.at(series * ROW + FAMILY);
  }

  /** The number of a series' first cell. */
  firstCellOf(series: number): number {
    return this.#rows.at(series * ROW + FIRST_CELL);
  }

  /** How many label values a series has. */
  labelCountOf(series: number): number {
    return this.#rows.at(series * ROW + LABELS);
  }

  /** One of a series' label values. */
  labelValueOf(series: number, label: number): string {
    return this.#strings[this.#values.at(this.#rows.at(series * ROW + PLACE) + label)]!;
  }

  /** All of a series' label values. */
  labelValuesOf(series: number): string[] {
    return Array.from(
      { length: this.labelCountOf(series) },
      (_, label) => this.labelValueOf(series, label),
    );
  }

  /** Whether a series, which must not be the first, is known to have the label values of that before. */
  hasLabelsOfBefore(series: number): boolean {
    const { items } = this.#rows;
    const at = series * ROW;
    return items[at + PLACE] === items[at - ROW + PLACE] &&
      items[at + LABELS] === items[at - ROW + LABELS];
  }
}
