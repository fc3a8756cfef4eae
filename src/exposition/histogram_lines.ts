import { indexOf } from "../metrics/cells.ts";
import { copyWords } from "./byte_arena.ts";
import type { ChunkWriter } from "./chunk_writer.ts";
import { EXEMPLAR_BYTES_MAX, writeExemplar } from "./exemplar_text.ts";
import {
  createdSecondsOf,
  type FamilyLines,
  type LinesOptions,
  LineWriter,
  pageWith,
} from "./family_lines.ts";
import type { FormPart } from "./family_form.ts";
import type { LabelSets } from "./label_sets.ts";
import { formatBound, writeNumber } from "./number_format.ts";
import type { RenderSource } from "./render_source.ts";

const NEWLINE = 10;

// The lines' pieces, by their numbers.
const HEAD = 0;
const CLOSE = 1;
const SUM_HEAD = 2;
const COUNT_HEAD = 3;
const CREATED_HEAD = 4;
const FIRST_LE = 5;

/** The lines of histograms with fixed bounds: the buckets, cumulative, then sum and count. */
export class HistogramLines implements FamilyLines {
  readonly labelSets: LabelSets;
  readonly #writer: LineWriter;
  /** With the one to +Inf. */
  readonly #bucketCount: number;
  readonly #part: FormPart;
  readonly #hasCreated: boolean;
  readonly #hasExemplars: boolean;

  constructor({ family, form, syntax, labelSets, hasCreated }: LinesOptions) {
    this.labelSets = labelSets;
    this.#bucketCount = family.bounds.length + 1;
    this.#part = form.part;
    this.#hasCreated = hasCreated;
    this.#hasExemplars = form.hasExemplars;
    const { head, close, more } = syntax;
    const { stem } = form;
    const les = [...family.bounds, Infinity].map((le) => `${more}le="${formatBound(le)}"} `);
    const heads = ["_bucket", "_sum", "_count"].map((suffix) => head(stem + suffix));
    this.#writer = new LineWriter(labelSets, [
      heads[0]!,
      close,
      heads[1]!,
      heads[2]!,
      hasCreated ? head(form.createdName) : "",
      ...les,
    ]);
  }

  bytesMax(place: number, source: RenderSource, series: number): number {
    const exemplarBytes = this.#exemplarCount(source, series) * EXEMPLAR_BYTES_MAX;
    return this.#writer.bytesMax(place, this.#bucketCount + 3) + exemplarBytes;
  }

  write(out: ChunkWriter, place: number, source: RenderSource, series: number): void {
    const cell = source.layout.firstCellOf(series);
    const page = pageWith(source, cell);
    const index = indexOf(cell);
    const sum = page[index + this.#bucketCount]!;
    switch (this.#part) {
      case "all": {
        const count = this.#exemplarCount(source, series) === 0
          ? this.#writeBuckets(out, place, page, index)
          : this.#writeBucketsWithExemplars(out, place, source, cell);
        this.#writer.write(out, place, SUM_HEAD, CLOSE, sum);
        this.#writer.write(out, place, COUNT_HEAD, CLOSE, count);
        break;
      }
      case "bucket":
        this.#writeBuckets(out, place, page, index);
        break;
      case "sum":
        this.#writer.write(out, place, SUM_HEAD, CLOSE, sum);
        break;
      case "count":
        this.#writer.write(out, place, COUNT_HEAD, CLOSE, this.#count(page, index));
    }
    if (!this.#hasCreated) return;
    const created = createdSecondsOf(source, series);
    if (created !== null) this.#writer.write(out, place, CREATED_HEAD, CLOSE, created);
  }

  #exemplarCount({ exemplars, layout }: RenderSource, series: number): number {
    if (!this.#hasExemplars || exemplars === undefined || exemplars.size === 0) return 0;
    const cell = layout.firstCellOf(series);
    let count = 0;
    for (let bucket = 0; bucket < this.#bucketCount; bucket++) {
      if (exemplars.get(cell + bucket) !== undefined) count++;
    }
    return count;
  }

  #count(page: Float64Array, index: number): number {
    let count = 0;
    for (let bucket = 0; bucket < this.#bucketCount; bucket++) count += page[index + bucket]!;
    return count;
  }

  #writeBuckets(out: ChunkWriter, place: number, page: Float64Array, index: number): number {
    const { bytes, view } = out;
    const { labelSets } = this;
    const { pieces } = this.#writer;
    const lineStart = out.at;
    let at = pieces.write(view, lineStart, HEAD);
    at = labelSets.write(view, at, place);
    const prefixLength = at - lineStart;
    let count = 0;
    for (let bucket = 0; bucket < this.#bucketCount; bucket++) {
      if (bucket > 0) at = copyWords(view, lineStart, prefixLength, view, at);
      at = pieces.write(view, at, FIRST_LE + bucket);
      count += page[index + bucket]!;
      at = writeNumber(bytes, at, count);
      bytes[at++] = NEWLINE;
    }
    out.at = at;
    return count;
  }

  #writeBucketsWithExemplars(
    out: ChunkWriter,
    place: number,
    source: RenderSource,
    cell: number,
  ): number {
    const page = pageWith(source, cell);
    const index = indexOf(cell);
    let count = 0;
    for (let bucket = 0; bucket < this.#bucketCount; bucket++) {
      count += page[index + bucket]!;
      let at = this.#writer.writeOpen(out, place, HEAD, FIRST_LE + bucket, count);
      const exemplar = source.exemplars!.get(cell + bucket);
      if (exemplar !== undefined) at = writeExemplar(out.bytes, at, exemplar);
      out.bytes[at] = NEWLINE;
      out.at = at + 1;
    }
    return count;
  }
}
