import type { Layout } from "../metrics/layout.ts";
import { Uint32List } from "../metrics/uint32_list.ts";
import { type ByteArena, copyWords } from "./byte_arena.ts";
import type { LabelEncoding } from "./label_encoding.ts";

/**
 * The label sets of one family's series in one encoding. Each is encoded once, when it is first asked
 * for, so that the first rendering of very many series can pause between them. Bytes and offsets
 * only: a series costs no object and no string.
 */
export class LabelSets {
  readonly #series: Uint32List;
  readonly #encoding: LabelEncoding;
  readonly #arena: ByteArena;
  readonly #siblings: readonly LabelSets[];
  readonly #places = new Uint32List();
  readonly #lengths = new Uint32List();

  /**
   * `series` are the family's in ascending order and may grow. `siblings` have the same encoding and
   * arena. What counts requests also times them: the series of such families tend to come in the same
   * order, and share their bytes.
   */
  constructor(
    series: Uint32List,
    encoding: LabelEncoding,
    arena: ByteArena,
    siblings: readonly LabelSets[],
  ) {
    this.#series = series;
    this.#encoding = encoding;
    this.#arena = arena;
    this.#siblings = siblings;
  }

  /** How many series there are. */
  get count(): number {
    return this.#series.length;
  }

  /** The layout's number of the series at a place. */
  seriesAt(place: number): number {
    return this.#series.at(place);
  }

  /** What holds the encoded set at a place. */
  viewAt(place: number): DataView {
    return this.#arena.viewAt(this.#places.at(place));
  }

  /** Where the encoded set at a place begins in its view. */
  startAt(place: number): number {
    return this.#arena.offsetAt(this.#places.at(place));
  }

  /** How many bytes the encoded set at a place has. */
  lengthAt(place: number): number {
    return this.#lengths.at(place);
  }

  /** Writes the encoded set at a place, and returns where it ends. */
  write(to: DataView, at: number, place: number): number {
    return copyWords(this.viewAt(place), this.startAt(place), this.lengthAt(place), to, at);
  }

  /** Encodes the set at a place, and those before it that are not encoded yet. */
  encode(place: number, layout: Layout): void {
    for (let next = this.#lengths.length; next <= place; next++) {
      const series = this.#series.at(next);
      const twin = this.#siblings.find((sibling) => sibling.#has(next, series, layout));
      if (twin === undefined) {
        this.#lengths.push(this.#encoding.append(this.#arena, layout.labelValuesOf(series)));
        this.#places.push(this.#arena.lastPlace);
      } else {
        this.#lengths.push(twin.lengthAt(next));
        this.#places.push(twin.#places.at(next));
      }
    }
  }

  #has(place: number, series: number, layout: Layout): boolean {
    if (place >= this.#lengths.length) return false;
    return layout.hasLabelsOf(this.#series.at(place), layout, series);
  }
}
