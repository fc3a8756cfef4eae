import { type FamilyDef, hasSum } from "../metrics/family.ts";
import { ByteArena, copyWords } from "./byte_arena.ts";
import type { ChunkWriter } from "./chunk_writer.ts";
import type { LabelSets } from "./label_sets.ts";
import type { SketchLines } from "./sketch_lines.ts";
import { formatBound, NUMBER_BYTES_MAX, writeNumber } from "./number_format.ts";

const NEWLINE = 10;

// What the lines of a family are made of besides labels and values, by its number in the arena.
const HEAD = 0;
const CLOSE = 1;
const SUM_HEAD = 2;
const COUNT_HEAD = 3;
const FIRST_LE = 4;

/**
 * One family's sample lines in text 0.0.4. A line is put together from what its family has (sample
 * name, `le`), what its series has (labels), and the value; only the value is formatted anew.
 */
export class TextFamily {
  readonly def: FamilyDef;
  /** The series, in the order in which they are shown. */
  readonly labelSets: LabelSets;
  /** Buckets with the one to +Inf, or quantiles; 0 for what has neither. */
  readonly #bucketCount: number;
  readonly #pieces: DataView;
  readonly #pieceEnds: Uint32Array;
  readonly #lineCount: number;
  /** The most bytes in a line besides its labels. */
  readonly #lineBytesMax: number;

  constructor(family: FamilyDef, labelSets: LabelSets) {
    this.def = family;
    this.labelSets = labelSets;
    const texts = pieceTexts(family);
    const arena = new ByteArena();
    this.#pieceEnds = Uint32Array.from(texts, (text) => arena.append(text));
    this.#pieces = arena.view;
    this.#bucketCount = Math.max(0, texts.length - FIRST_LE);
    this.#lineCount = hasSum(family) ? this.#bucketCount + 2 : 1;
    // Names and bounds are ASCII, so that characters are bytes.
    const longest = texts.reduce((max, text) => Math.max(max, text.length), 0);
    this.#lineBytesMax = 2 * longest + NUMBER_BYTES_MAX + 1;
  }

  /** The most bytes that {@linkcode TextFamily.write} writes for the series at a place. */
  bytesMax(place: number): number {
    const labelBytes = this.labelSets.endAt(place) - this.labelSets.startAt(place);
    return this.#lineCount * (this.#lineBytesMax + labelBytes);
  }

  /** Writes the lines of the series at a place, whose cells begin at `index` of `page`. */
  write(out: ChunkWriter, place: number, page: Float64Array, index: number): void {
    const start = this.labelSets.startAt(place);
    const length = this.labelSets.endAt(place) - start;
    if (this.#bucketCount === 0) {
      this.#writeLine(out, HEAD, start, length, page[index]!);
      return;
    }
    const count = this.#writeBuckets(out, start, length, page, index);
    this.#writeLine(out, SUM_HEAD, start, length, page[index + this.#bucketCount]!);
    this.#writeLine(out, COUNT_HEAD, start, length, count);
  }

  /** Writes the lines of the summary or native histogram series at a place. */
  writeLines(out: ChunkWriter, place: number, { values, sum, count }: SketchLines): void {
    const start = this.labelSets.startAt(place);
    const length = this.labelSets.endAt(place) - start;
    values.forEach((value, i) => this.#writeLine(out, HEAD, start, length, value, FIRST_LE + i));
    this.#writeLine(out, SUM_HEAD, start, length, sum);
    this.#writeLine(out, COUNT_HEAD, start, length, count);
  }

  #writeLine(
    out: ChunkWriter,
    head: number,
    start: number,
    length: number,
    value: number,
    close: number = CLOSE,
  ): void {
    const { bytes, view } = out;
    let at = this.#writePiece(view, out.at, head);
    at = copyWords(this.labelSets.view, start, length, view, at);
    at = this.#writePiece(view, at, close);
    at = writeNumber(bytes, at, value);
    bytes[at] = NEWLINE;
    out.at = at + 1;
  }

  #writeBuckets(
    out: ChunkWriter,
    start: number,
    length: number,
    page: Float64Array,
    index: number,
  ): number {
    const { bytes, view } = out;
    const lineStart = out.at;
    let at = this.#writePiece(view, lineStart, HEAD);
    at = copyWords(this.labelSets.view, start, length, view, at);
    const prefixLength = at - lineStart;
    let count = 0;
    for (let bucket = 0; bucket < this.#bucketCount; bucket++) {
      if (bucket > 0) at = copyWords(view, lineStart, prefixLength, view, at);
      at = this.#writePiece(view, at, FIRST_LE + bucket);
      count += page[index + bucket]!;
      at = writeNumber(bytes, at, count);
      bytes[at++] = NEWLINE;
    }
    out.at = at;
    return count;
  }

  #writePiece(to: DataView, at: number, piece: number): number {
    const start = piece === 0 ? 0 : this.#pieceEnds[piece - 1]!;
    return copyWords(this.#pieces, start, this.#pieceEnds[piece]! - start, to, at);
  }
}

function pieceTexts({ name, type, bounds, quantiles = [], labelNames }: FamilyDef): string[] {
  const labelled = labelNames.length > 0;
  const close = labelled ? "} " : " ";
  if (!hasSum({ type })) return [name, close];
  const label = type === "summary" ? "quantile" : "le";
  const ends = type === "summary" ? quantiles : [...bounds, Infinity];
  const closes = ends.map((end) => `${labelled ? "," : "{"}${label}="${formatBound(end)}"} `);
  const head = type === "summary" ? name : `${name}_bucket`;
  return [head, close, `${name}_sum`, `${name}_count`, ...closes];
}
