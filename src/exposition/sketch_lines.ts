import { indexOf } from "../metrics/cells.ts";
import { quantileOf, readSketch } from "../metrics/sketch.ts";
import type { ChunkWriter } from "./chunk_writer.ts";
import {
  createdSecondsOf,
  type FamilyLines,
  type LinesOptions,
  LineWriter,
  pageWith,
} from "./family_lines.ts";
import type { FormPart } from "./family_form.ts";
import type { LabelSets } from "./label_sets.ts";
import { formatBound } from "./number_format.ts";
import type { RenderSource } from "./render_source.ts";

// The lines' pieces, by their numbers.
const HEAD = 0;
const CLOSE = 1;
const SUM_HEAD = 2;
const COUNT_HEAD = 3;
const CREATED_HEAD = 4;
const FIRST_CLOSE = 5;

/**
 * The lines of what has bins: a summary's quantiles, or the one bucket that text has of a native
 * histogram (its bins are for protobuf only), then sum and count.
 */
export class SketchLines implements FamilyLines {
  readonly labelSets: LabelSets;
  readonly #writer: LineWriter;
  /** Null for a native histogram. */
  readonly #quantiles: readonly number[] | null;
  readonly #part: FormPart;
  readonly #hasCreated: boolean;

  constructor({ family, form, syntax, labelSets, hasCreated }: LinesOptions) {
    this.labelSets = labelSets;
    this.#quantiles = family.type === "summary" ? family.quantiles ?? [] : null;
    this.#part = form.part;
    this.#hasCreated = hasCreated;
    const { head, close, more } = syntax;
    const { stem } = form;
    const closes =
      this.#quantiles?.map((quantile) => `${more}quantile="${formatBound(quantile)}"} `) ??
        [`${more}le="+Inf"} `];
    this.#writer = new LineWriter(labelSets, [
      head(this.#quantiles === null ? `${stem}_bucket` : stem),
      close,
      head(`${stem}_sum`),
      head(`${stem}_count`),
      hasCreated ? head(form.createdName) : "",
      ...closes,
    ]);
  }

  bytesMax(place: number): number {
    return this.#writer.bytesMax(place, (this.#quantiles?.length ?? 1) + 3);
  }

  write(out: ChunkWriter, place: number, source: RenderSource, series: number): void {
    const isAll = this.#part === "all";
    const cell = source.layout.firstCellOf(series);
    const page = pageWith(source, cell);
    const index = indexOf(cell);
    // A summary has its count and its sum, a native histogram only its sum.
    const sum = page[this.#quantiles === null ? index : index + 1]!;
    const sketch = readSketch(source, series);
    const count = this.#quantiles === null ? sketch.count : page[index]!;
    if (isAll || this.#part === "bucket") {
      if (this.#quantiles === null) {
        this.#writer.write(out, place, HEAD, FIRST_CLOSE, count);
      } else {
        this.#quantiles.forEach((quantile, i) => {
          this.#writer.write(out, place, HEAD, FIRST_CLOSE + i, quantileOf(sketch, quantile));
        });
      }
    }
    if (isAll || this.#part === "sum") this.#writer.write(out, place, SUM_HEAD, CLOSE, sum);
    if (isAll || this.#part === "count") this.#writer.write(out, place, COUNT_HEAD, CLOSE, count);
    if (!this.#hasCreated) return;
    const created = createdSecondsOf(source, series);
    if (created !== null) this.#writer.write(out, place, CREATED_HEAD, CLOSE, created);
  }
}
