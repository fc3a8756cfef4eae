import { atSchema, type Bin, binIndex, type BinSign, SCHEMA_MIN, ZERO_THRESHOLD } from "./bin.ts";

/** Where a bin's count is kept. */
export interface BinPlace {
  readonly page: Float64Array;
  readonly index: number;
}

/** What the bins of a family share. */
export interface BinsKind {
  /** The schema that a series begins with. */
  readonly schema: number;
  /** Bins of one series, all at one schema; beyond, the schema is lowered by one. */
  readonly binsMax: number;
  /** Makes a cell for a bin of a series; null where the budget of cells is used up. */
  readonly addBin: (series: number, bin: Bin) => BinPlace | null;
}

/**
 * The bins of one series: finds the place of a value, and has a bin made when it is first hit. A bin
 * keeps its cell for ever: when there are too many, later ones are made at a lower schema, and readers
 * bring all of them to the lowest.
 */
export class ExponentialBins {
  readonly #kind: BinsKind;
  readonly #series: number;
  readonly #places: BinPlace[] = [];
  #schema: number;
  /** The places of the bins of this schema, and of the zero bin. */
  #ofKeys = new Map<number, number>();
  /** The bins as a reader sees them, at this schema. */
  #occupied = new Set<number>();

  constructor(kind: BinsKind, series: number, zero: BinPlace) {
    this.#kind = kind;
    this.#series = series;
    this.#schema = kind.schema;
    this.#places.push(zero);
    this.#ofKeys.set(keyOf(0, 0), 0);
  }

  /** The bins' places, the zero bin's first, then in the order in which they were made. */
  get places(): readonly BinPlace[] {
    return this.#places;
  }

  /** The number, in {@linkcode ExponentialBins.places}, of the bin that a finite value belongs to. */
  find(value: number): number {
    const distance = value < 0 ? -value : value;
    if (distance <= ZERO_THRESHOLD) return 0;
    const sign = value < 0 ? -1 : 1;
    const index = binIndex(distance, this.#schema);
    return this.#ofKeys.get(keyOf(index, sign)) ?? this.#make(distance, index, sign);
  }

  #make(distance: number, index: number, sign: BinSign): number {
    const key = keyOf(index, sign);
    const isNew = !this.#occupied.has(key);
    if (isNew && this.#occupied.size >= this.#kind.binsMax && this.#schema > SCHEMA_MIN) {
      this.#lowerSchema();
      return this.find(distance * sign);
    }
    const place = this.#kind.addBin(this.#series, { schema: this.#schema, sign, index });
    if (place === null) return this.#nearest(index, sign);
    this.#occupied.add(key);
    const number = this.#places.push(place) - 1;
    this.#ofKeys.set(key, number);
    return number;
  }

  #lowerSchema(): void {
    const schema = this.#schema--;
    const occupied = new Set<number>();
    for (const key of this.#occupied) {
      occupied.add(keyOf(atSchema(indexOf(key), schema, this.#schema), signOf(key)));
    }
    this.#occupied = occupied;
    this.#ofKeys = new Map([[keyOf(0, 0), 0]]);
  }

  /** Without a cell to be had, a value that is counted elsewhere beats one that is not counted. */
  #nearest(index: number, sign: BinSign): number {
    let nearest = 0;
    let least = Infinity;
    for (const [key, number] of this.#ofKeys) {
      const distance = Math.abs(indexOf(key) - index);
      if (signOf(key) === sign && distance < least) {
        least = distance;
        nearest = number;
      }
    }
    return nearest;
  }
}

function keyOf(index: number, sign: BinSign): number {
  return index * 4 + sign + 1;
}

function indexOf(key: number): number {
  return key >> 2;
}

function signOf(key: number): BinSign {
  return ((key & 3) - 1) as BinSign;
}
