import type { FamilyDef } from "../metrics/family.ts";
import { COPY_SLACK, copyWords } from "./byte_arena.ts";
import { isLegacyName } from "./escaping_scheme.ts";
import { type LabelsOpen, quoted } from "./label_encoding.ts";

const ENCODER = new TextEncoder();

/** What the lines of a family are made of besides labels and values, encoded once. */
export class LinePieces {
  /** Bytes of the longest piece. */
  readonly longest: number;
  readonly #bytes: DataView;
  readonly #ends: Uint32Array;

  constructor(texts: readonly string[]) {
    const pieces = texts.map((text) => ENCODER.encode(text));
    const lengths = pieces.map((piece) => piece.length);
    this.longest = Math.max(0, ...lengths);
    let end = 0;
    this.#ends = Uint32Array.from(lengths, (length) => end += length);
    const bytes = new Uint8Array(end + COPY_SLACK);
    pieces.forEach((piece, i) => bytes.set(piece, this.#ends[i - 1] ?? 0));
    this.#bytes = new DataView(bytes.buffer);
  }

  /** Writes a piece, by its number, and returns where it ends. */
  write(to: DataView, at: number, piece: number): number {
    const start = piece === 0 ? 0 : this.#ends[piece - 1]!;
    return copyWords(this.#bytes, start, this.#ends[piece]! - start, to, at);
  }
}

/**
 * The punctuation of a family's sample lines: `name{a="b",le="1.0"} 5`, or, where the name is not
 * legacy-valid, `{"na.me",a="b",le="1.0"} 5`.
 */
export interface LineSyntax {
  /** What stands before the first label. */
  readonly open: LabelsOpen;
  /** What stands before one more label. */
  readonly more: LabelsOpen;
  /** What stands between labels and value. */
  readonly close: "} " | " ";
  /** What a line begins with. */
  readonly head: (sampleName: string) => string;
}

/** The syntax for samples whose names are made from `stem`. */
export function lineSyntax(
  stem: string,
  { labelNames }: Pick<FamilyDef, "labelNames">,
): LineSyntax {
  const isQuoted = !isLegacyName(stem, "metric");
  const isOpen = isQuoted || labelNames.length > 0;
  return {
    open: isQuoted ? "," : "{",
    more: isOpen ? "," : "{",
    close: isOpen ? "} " : " ",
    head: isQuoted ? (name) => `{${quoted(name)}` : (name) => name,
  };
}
