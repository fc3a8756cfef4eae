import { indexOf } from "../metrics/cells.ts";
import type { ChunkWriter } from "./chunk_writer.ts";
import { EXEMPLAR_BYTES_MAX, writeExemplar } from "./exemplar_text.ts";
import {
  createdSecondsOf,
  type FamilyLines,
  type LinesOptions,
  LineWriter,
  pageWith,
} from "./family_lines.ts";
import type { LabelSets } from "./label_sets.ts";
import type { RenderSource } from "./render_source.ts";

const HEAD = 0;
const CLOSE = 1;
const CREATED_HEAD = 2;
const NEWLINE = 10;

/** The lines of counters, gauges, info and state sets: one a series, and perhaps one that dates it. */
export class ValueLines implements FamilyLines {
  readonly labelSets: LabelSets;
  readonly #writer: LineWriter;
  readonly #hasCreated: boolean;
  readonly #hasExemplars: boolean;

  constructor({ form, syntax, labelSets, hasCreated }: LinesOptions) {
    this.labelSets = labelSets;
    this.#hasCreated = hasCreated;
    this.#hasExemplars = form.hasExemplars;
    this.#writer = new LineWriter(labelSets, [
      syntax.head(form.stem),
      syntax.close,
      ...(hasCreated ? [syntax.head(form.createdName)] : []),
    ]);
  }

  bytesMax(place: number, { exemplars }: RenderSource): number {
    const exemplarBytes = this.#hasExemplars && exemplars !== undefined ? EXEMPLAR_BYTES_MAX : 0;
    return this.#writer.bytesMax(place, this.#hasCreated ? 2 : 1) + exemplarBytes;
  }

  write(out: ChunkWriter, place: number, source: RenderSource, series: number): void {
    const cell = source.layout.firstCellOf(series);
    const value = pageWith(source, cell)[indexOf(cell)]!;
    let at = this.#writer.writeOpen(out, place, HEAD, CLOSE, value);
    if (this.#hasExemplars) {
      const exemplar = source.exemplars?.get(cell);
      if (exemplar !== undefined) at = writeExemplar(out.bytes, at, exemplar);
    }
    out.bytes[at] = NEWLINE;
    out.at = at + 1;
    if (!this.#hasCreated) return;
    const created = createdSecondsOf(source, series);
    if (created !== null) this.#writer.write(out, place, CREATED_HEAD, CLOSE, created);
  }
}
