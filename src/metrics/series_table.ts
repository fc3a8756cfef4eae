import { Uint32List } from "./uint32_list.ts";

/** A series takes a row of three numbers: its family, its first cell, the place of its labels. */
const FAMILY = 0;
const FIRST_CELL = 1;
const PLACE = 2;
const ROW = 3;

/**
 * Series as rows of numbers, and their label values. An object each would take most of the memory, and
 * of the time in which a layout is read.
 */
export class SeriesTable {
  readonly #rows = new Uint32List();
  /** The label values of all series, one after another, each by its number. */
  readonly #values = new Uint32List();
  readonly #strings: string[] = [];
  #lastPlace = 0;

  /** How many series there are. Series are numbered from 0. */
  get length(): number {
    return this.#rows.length / ROW;
  }

  /** About how many bytes the table takes, the characters of its strings apart. */
  get bytes(): number {
    return 4 * (this.#rows.length + this.#values.length) + 8 * this.#strings.length;
  }

  /** Forgets all series and strings, and keeps the room that they had. */
  clear(): void {
    this.#rows.truncate(0);
    this.#values.truncate(0);
    this.#strings.length = 0;
    this.#lastPlace = 0;
  }

  /** Makes room for so many more series at once. */
  reserve(count: number): void {
    this.#rows.reserve(count * ROW);
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

  /** Appends a series, and returns its number. */
  push(family: number, labelValues: readonly string[], firstCell: number): number {
    const values = this.#values;
    const place = values.length;
    const last = this.#lastPlace;
    for (let i = 0; i < labelValues.length; i++) {
      const value = labelValues[i]!;
      const isSame = last + i < place && this.#strings[values.at(last + i)] === value;
      values.push(isSame ? values.at(last + i) : this.addString(value));
    }
    return this.#push(family, firstCell, place);
  }

  /** Appends a series whose label values are the first `count` of these strings, by their numbers. */
  pushNumbers(
    family: number,
    labelNumbers: readonly number[],
    count: number,
    firstCell: number,
  ): void {
    const values = this.#values;
    const place = values.length;
    values.pushFirst(labelNumbers, count);
    this.#push(family, firstCell, place);
  }

  /** Keeps the strings of another table; returns what their numbers are raised by here. */
  takeStrings(from: SeriesTable): number {
    const shift = this.#strings.length;
    for (let i = 0; i < from.#strings.length; i++) this.#strings.push(from.#strings[i]!);
    return shift;
  }

  /**
   * Appends the series of another table from one to before another, of which the last has so many
   * label values; `shift` is what {@linkcode SeriesTable.takeStrings} returned.
   */
  pushRange(
    from: SeriesTable,
    first: number,
    end: number,
    lastLabelCount: number,
    shift: number,
  ): void {
    const place = from.#placeOf(first);
    const placeEnd = from.#placeOf(end - 1) + lastLabelCount;
    const moved = this.#values.length - place;
    const rows = this.#rows;
    const at = rows.length;
    rows.pushRange(from.#rows, first * ROW, end * ROW);
    if (moved !== 0) { for (let i = at + PLACE; i < rows.length; i += ROW) rows.add(i, moved); }
    this.#values.pushRange(from.#values, place, placeEnd);
    if (shift > 0) {
      for (let i = place + moved; i < this.#values.length; i++) this.#values.add(i, shift);
    }
    this.#lastPlace = this.#placeOf(this.length - 1);
  }

  /** The number of a series' family. */
  familyOf(series: number): number {
    return this.#rows.at(series * ROW + FAMILY);
  }

  /** The number of a series' first cell. */
  firstCellOf(series: number): number {
    return this.#rows.at(series * ROW + FIRST_CELL);
  }

  /** How many series begin at a cell or before it, where their cells ascend. */
  countUpTo(cell: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.firstCellOf(middle) <= cell) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The label values of a series that has so many. */
  labelValuesOf(series: number, count: number): string[] {
    const labelValues: string[] = [];
    const place = this.#placeOf(series);
    for (let i = 0; i < count; i++) labelValues.push(this.#strings[this.#values.at(place + i)]!);
    return labelValues;
  }

  /** Whether two series of two tables, with so many labels both, have the same label values. */
  hasLabelsOf(series: number, other: SeriesTable, otherSeries: number, count: number): boolean {
    const mine = this.#values.items;
    const strings = this.#strings;
    const place = this.#placeOf(series);
    const theirs = other.#values.items;
    const otherStrings = other.#strings;
    const otherPlace = other.#placeOf(otherSeries);
    for (let i = 0; i < count; i++) {
      if (strings[mine[place + i]!] !== otherStrings[theirs[otherPlace + i]!]) return false;
    }
    return true;
  }

  #placeOf(series: number): number {
    return this.#rows.at(series * ROW + PLACE);
  }

  /**
   * Appends a series with the label values from `place` on. What counts requests also times them: often
   * they are those of the series before, and are dropped again.
   */
  #push(family: number, firstCell: number, place: number): number {
    const values = this.#values;
    const last = this.#lastPlace;
    const count = values.length - place;
    const { items } = values;
    let isSame = place - last === count;
    for (let i = 0; isSame && i < count; i++) isSame = items[last + i] === items[place + i];
    if (isSame) values.truncate(place);
    else this.#lastPlace = place;
    this.#rows.pushThree(family, firstCell, this.#lastPlace);
    return this.length - 1;
  }
}
