import { PAGE_CELLS, pageOf } from "../metrics/cells.ts";
import type { FamilyDef } from "../metrics/family.ts";
import type { ChunkWriter } from "./chunk_writer.ts";
import type { FamilyForm } from "./family_form.ts";
import type { LabelSets } from "./label_sets.ts";
import { LinePieces, type LineSyntax } from "./line_pieces.ts";
import { NUMBER_BYTES_MAX, writeNumber } from "./number_format.ts";
import { createdMsOf, type RenderSource } from "./render_source.ts";

const NEWLINE = 10;
const NO_PAGE = new Float64Array(PAGE_CELLS);

/** One family's sample lines in one form. */
export interface FamilyLines {
  /** The series, in the order in which they are shown. */
  readonly labelSets: LabelSets;
  /** The most bytes that {@linkcode FamilyLines.write} writes for a series, whose labels are encoded. */
  bytesMax(place: number, source: RenderSource, series: number): number;
  /** Writes the lines of the series at a place of the label sets. */
  write(out: ChunkWriter, place: number, source: RenderSource, series: number): void;
}

/** What the lines of a family are made from. */
export interface LinesOptions {
  readonly family: FamilyDef;
  readonly form: FamilyForm;
  readonly syntax: LineSyntax;
  readonly labelSets: LabelSets;
  /** Whether `_created` lines are wanted. */
  readonly hasCreated: boolean;
}

/**
 * Writes lines that are put together from what the family has (the pieces), what the series has (its
 * labels) and a number; only the number is formatted anew.
 */
export class LineWriter {
  readonly labelSets: LabelSets;
  readonly pieces: LinePieces;
  /** The most bytes in a line besides its labels. */
  readonly #lineBytesMax: number;

  constructor(labelSets: LabelSets, texts: readonly string[]) {
    this.labelSets = labelSets;
    this.pieces = new LinePieces(texts);
    this.#lineBytesMax = 2 * this.pieces.longest + NUMBER_BYTES_MAX + 1;
  }

  /** The most bytes of so many lines with the labels at a place. */
  bytesMax(place: number, lineCount: number): number {
    return lineCount * (this.#lineBytesMax + this.labelSets.lengthAt(place));
  }

  /** Writes one line. */
  write(out: ChunkWriter, place: number, head: number, close: number, value: number): void {
    const at = this.writeOpen(out, place, head, close, value);
    out.bytes[at] = NEWLINE;
    out.at = at + 1;
  }

  /** Writes one line but for its end, and returns where that goes. */
  writeOpen(out: ChunkWriter, place: number, head: number, close: number, value: number): number {
    const { bytes, view } = out;
    const { labelSets } = this;
    let at = this.pieces.write(view, out.at, head);
    at = labelSets.write(view, at, place);
    at = this.pieces.write(view, at, close);
    return writeNumber(bytes, at, value);
  }
}

/** The page that holds a cell; zeros where it is not there yet. */
export function pageWith({ pages }: RenderSource, cell: number): Float64Array {
  return pages[pageOf(cell)] ?? NO_PAGE;
}

/** When a series was made, in seconds since the epoch; null if nobody said. */
export function createdSecondsOf(source: RenderSource, series: number): number | null {
  const createdMs = createdMsOf(source, series);
  return createdMs === null ? null : createdMs / 1000;
}
