import type { Layout } from "../metrics/layout.ts";
import { ByteArena } from "./byte_arena.ts";
import { escapeLabelValue } from "./escape.ts";

const ROOM_MIN = 8;
const GROWTH = 1.5;

/**
 * The label sets of one family's series as the text formats write them, without the closing brace so
 * that a histogram's `le` can follow: `{method="GET",route="/"`, or nothing for a family without
 * labels. Each is encoded once, when it is first asked for, so that the first rendering of very many
 * series can pause between them. Bytes and offsets only: a series costs no object and no string.
 */
export class LabelSets {
  readonly #labelNames: readonly string[];
  readonly #arena = new ByteArena();
  #series = new Uint32Array(0);
  #ends = new Uint32Array(0);
  #count = 0;
  #encoded = 0;

  constructor(labelNames: readonly string[]) {
    this.#labelNames = labelNames;
  }

  /** How many series there are. */
  get count(): number {
    return this.#count;
  }

  /** The bytes of the encoded sets; another view after an {@linkcode LabelSets.encode}. */
  get view(): DataView {
    return this.#arena.view;
  }

  /** The layout's number of the series at a place. */
  seriesAt(place: number): number {
    return this.#series[place]!;
  }

  /** Where the encoded set at a place begins in {@linkcode LabelSets.view}. */
  startAt(place: number): number {
    return place === 0 ? 0 : this.#ends[place - 1]!;
  }

  /** Where the encoded set at a place ends. */
  endAt(place: number): number {
    return this.#ends[place]!;
  }

  /** Appends a series by its number, which must be above all before it. */
  append(series: number): void {
    if (this.#count === this.#series.length) {
      const room = Math.max(ROOM_MIN, Math.ceil(this.#count * GROWTH));
      this.#series = grown(this.#series, room);
      this.#ends = grown(this.#ends, room);
    }
    this.#series[this.#count++] = series;
  }

  /** Encodes the set at a place, and those before it that are not encoded yet. */
  encode(place: number, layout: Layout): void {
    for (; this.#encoded <= place; this.#encoded++) {
      const labelValues = layout.labelValuesOf(this.#series[this.#encoded]!);
      let text = "";
      for (let i = 0; i < labelValues.length; i++) {
        const escaped = escapeLabelValue(labelValues[i]!);
        text += `${i === 0 ? "{" : ","}${this.#labelNames[i]!}="${escaped}"`;
      }
      this.#ends[this.#encoded] = this.#arena.append(text);
    }
  }
}

function grown(numbers: Uint32Array, room: number): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(room);
  copy.set(numbers);
  return copy;
}
