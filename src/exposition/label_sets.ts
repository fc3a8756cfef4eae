import type { Layout } from "../metrics/layout.ts";
import { Uint32List } from "../metrics/uint32_list.ts";
import type { ByteArena } from "./byte_arena.ts";
import { escapeLabelValue } from "./escape.ts";

/**
 * The label sets of one family's series as the text formats write them, without the closing brace so
 * that a histogram's `le` can follow: `{method="GET",route="/"`, or nothing for a family without
 * labels. Each is encoded once, when it is first asked for, so that the first rendering of very many
 * series can pause between them. Bytes and offsets only: a series costs no object and no string.
 */
export class LabelSets {
  readonly #labelNames: readonly string[];
  readonly #arena: ByteArena;
  readonly #siblings: readonly LabelSets[];
  readonly #series = new Uint32List();
  readonly #starts = new Uint32List();
  readonly #ends = new Uint32List();

  /**
   * `siblings` are families with the same label names and the same arena. What counts requests also
   * times them: the series of such families tend to come in the same order, and share their bytes.
   */
  constructor(
    labelNames: readonly string[],
    arena: ByteArena,
    siblings: readonly LabelSets[],
  ) {
    this.#labelNames = labelNames;
    this.#arena = arena;
    this.#siblings = siblings;
  }

  /** How many series there are. */
  get count(): number {
    return this.#series.length;
  }

  /** The bytes of the encoded sets; another view after an {@linkcode LabelSets.encode}. */
  get view(): DataView {
    return this.#arena.view;
  }

  /** The layout's number of the series at a place. */
  seriesAt(place: number): number {
    return this.#series.at(place);
  }

  /** Where the encoded set at a place begins in {@linkcode LabelSets.view}. */
  startAt(place: number): number {
    return this.#starts.at(place);
  }

  /** Where the encoded set at a place ends. */
  endAt(place: number): number {
    return this.#ends.at(place);
  }

  /** Appends a series by its number, which must be above all before it. */
  append(series: number): void {
    this.#series.push(series);
  }

  /** Encodes the set at a place, and those before it that are not encoded yet. */
  encode(place: number, layout: Layout): void {
    for (let next = this.#ends.length; next <= place; next++) {
      const labelValues = layout.labelValuesOf(this.#series.at(next));
      const twin = this.#siblings.find((sibling) => sibling.#has(next, labelValues, layout));
      if (twin === undefined) {
        this.#starts.push(this.#arena.length);
        this.#ends.push(this.#arena.append(this.#text(labelValues)));
      } else {
        this.#starts.push(twin.startAt(next));
        this.#ends.push(twin.endAt(next));
      }
    }
  }

  #has(place: number, labelValues: readonly string[], layout: Layout): boolean {
    if (place >= this.#ends.length) return false;
    const own = layout.labelValuesOf(this.#series.at(place));
    return own.every((value, i) => value === labelValues[i]);
  }

  #text(labelValues: readonly string[]): string {
    let text = "";
    for (let i = 0; i < labelValues.length; i++) {
      const escaped = escapeLabelValue(labelValues[i]!);
      text += `${i === 0 ? "{" : ","}${this.#labelNames[i]!}="${escaped}"`;
    }
    return text;
  }
}
