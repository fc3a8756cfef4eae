import { Uint32List } from "./uint32_list.ts";

/**
 * A log of numbers, each at a place for good. Those that are outdated can be dropped: what is left of
 * them is that there were so many.
 */
export class RowLog {
  #kept = new Uint32List();
  /** Where each kept row is, in ascending order; null where none was dropped. */
  #places: Uint32List | null = null;
  #length = 0;

  /** How many rows there have been, dropped ones among them. */
  get length(): number {
    return this.#length;
  }

  /** How many rows are kept. */
  get keptCount(): number {
    return this.#kept.length;
  }

  /** About how many bytes it takes. */
  get bytes(): number {
    return 4 * (this.#kept.length + (this.#places?.length ?? 0));
  }

  /** The row at a place; null for a dropped one. */
  at(place: number): number | null {
    if (this.#places === null) return this.#kept.at(place);
    const next = this.#nextFrom(place);
    return this.#placeOf(next) === place ? this.#kept.at(next) : null;
  }

  /** How many rows in a row are dropped from a place on. */
  droppedFrom(place: number): number {
    return this.#places === null ? 0 : this.#placeOf(this.#nextFrom(place)) - place;
  }

  /** Makes room at once for so many more rows. */
  reserve(rows: number): void {
    this.#kept.reserve(rows);
    this.#places?.reserve(rows);
  }

  /** Appends a row. */
  push(row: number): void {
    this.#kept.push(row);
    this.#places?.push(this.#length);
    this.#length++;
  }

  /** Appends rows that were dropped where they come from. */
  pushDropped(rows: number): void {
    this.#places ??= placesUpTo(this.#length);
    this.#length += rows;
  }

  /** Drops the rows before `end` that `isOutdated` picks, which is asked for the last one first. */
  drop(end: number, isOutdated: (row: number) => boolean): void {
    const count = this.#kept.length;
    const outdated = new Uint8Array(count);
    let left = count;
    for (let i = count - 1; i >= 0; i--) {
      if (this.#placeOf(i) >= end || !isOutdated(this.#kept.at(i))) continue;
      outdated[i] = 1;
      left--;
    }
    if (left === count) return;
    const [kept, places] = [new Uint32List(), new Uint32List()];
    kept.reserve(left);
    places.reserve(left);
    for (let i = 0; i < count; i++) {
      if (outdated[i] === 1) continue;
      kept.push(this.#kept.at(i));
      places.push(this.#placeOf(i));
    }
    this.#kept = kept;
    this.#places = places;
  }

  /** The first kept row that is not before a place, by its number among the kept ones. */
  #nextFrom(place: number): number {
    return place === 0 ? 0 : this.#places!.countUpTo(place - 1);
  }

  /** Where a kept row is; of the one after the last, where the log ends. */
  #placeOf(kept: number): number {
    if (kept === this.#kept.length) return this.#length;
    return this.#places === null ? kept : this.#places.at(kept);
  }
}

function placesUpTo(end: number): Uint32List {
  const places = new Uint32List();
  places.reserve(end);
  for (let place = 0; place < end; place++) places.push(place);
  return places;
}
