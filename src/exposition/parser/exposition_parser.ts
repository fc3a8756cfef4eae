import { ExpositionSyntaxError } from "./exposition_syntax_error.ts";
import { FamilyBook } from "./family_book.ts";
import { LineCursor } from "./line_cursor.ts";
import { readEscape, readMetricName, readQuoted } from "./name_reader.ts";
import { type ParsedFamily, type ParsedFormat, typeNamed } from "./parsed_family.ts";
import { PARSER_LIMITS, type ParserLimits } from "./parser_limits.ts";
import { SampleReader } from "./sample_reader.ts";

const HASH = 35;
const QUOTE = 34;
const NEWLINE = 10;
/** Bytes that are decoded at a time. */
const PIECE_BYTES = 65_536;
const HELP_ESCAPE = /\\(.?)/gs;

/**
 * Reads an exposition in text 0.0.4 or OpenMetrics 1.0, in pieces of any size. It is as strict as the
 * formats are, with two exceptions in text 0.0.4, where Prometheus makes them as well: the samples of a
 * family may be in several places, and a value may stand right behind the labels.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 * @see https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export class ExpositionParser {
  readonly #format: ParsedFormat;
  readonly #limits: ParserLimits;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  readonly #cursor: LineCursor;
  readonly #book: FamilyBook;
  readonly #samples: SampleReader;
  #rest = "";
  #bytes = 0;
  #sampleCount = 0;
  #hasEnded = false;

  /** Limits that are not given are {@linkcode PARSER_LIMITS}. */
  constructor(format: ParsedFormat, limits: Partial<ParserLimits> = {}) {
    this.#format = format;
    this.#limits = { ...PARSER_LIMITS, ...limits };
    this.#cursor = new LineCursor(format === "text");
    this.#book = new FamilyBook(format, this.#limits.familiesMax);
    this.#samples = new SampleReader(this.#book, this.#limits.labelsMax);
  }

  /**
   * Reads the next bytes.
   *
   * @throws {ExpositionSyntaxError} at the first thing that is wrong; the parser is of no use then.
   */
  push(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#bytes > this.#limits.bytesMax) {
      this.#fail(`there must be at most ${this.#limits.bytesMax} bytes`);
    }
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      this.#readLines(this.#decode(bytes.subarray(at, at + PIECE_BYTES)));
    }
  }

  /**
   * Reads what comes next where it is text already, which counts as a byte a character. Don't mix it
   * with bytes. Throws like {@linkcode ExpositionParser.push}.
   */
  pushText(text: string): void {
    this.#bytes += text.length;
    if (this.#bytes > this.#limits.bytesMax) {
      this.#fail(`there must be at most ${this.#limits.bytesMax} bytes`);
    }
    // Lone surrogates are all one in UTF-8, so they must be so here too.
    this.#readLines(text.toWellFormed());
  }

  /**
   * The families, once all bytes were pushed.
   *
   * @throws {ExpositionSyntaxError} if the end is missing.
   */
  finish(): readonly ParsedFamily[] {
    try {
      this.#rest += this.#decoder.decode();
    } catch {
      this.#fail("the text must be UTF-8, and ends within a character");
    }
    if (this.#rest !== "") this.#fail("the last line must end with a newline");
    if (this.#format === "openmetrics" && !this.#hasEnded) {
      this.#fail('the last line must be "# EOF"');
    }
    return this.#book.families();
  }

  #decode(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes, { stream: true });
    } catch {
      let newlines = 0;
      const decoder = new TextDecoder("utf-8", { fatal: true });
      for (let start = 0; start < bytes.length; newlines++) {
        const newline = bytes.indexOf(NEWLINE, start);
        const end = newline < 0 ? bytes.length : newline + 1;
        try {
          decoder.decode(bytes.subarray(start, end), { stream: true });
        } catch {
          break;
        }
        start = end;
      }
      throw new ExpositionSyntaxError(
        this.#cursor.line + newlines + 1,
        1,
        "the text must be UTF-8: received a line that is not",
      );
    }
  }

  #readLines(decoded: string): void {
    const text = this.#rest === "" ? decoded : this.#rest + decoded;
    const cursor = this.#cursor;
    cursor.setText(text);
    let start = 0;
    for (;;) {
      const end = text.indexOf("\n", start);
      if ((end < 0 ? text.length : end) - start > this.#limits.lineLengthMax) {
        this.#fail(`a line must have at most ${this.#limits.lineLengthMax} characters`);
      }
      if (end < 0) break;
      cursor.setLine(start, end);
      this.#readLine(cursor);
      start = end + 1;
    }
    this.#rest = start === 0 ? text : text.slice(start);
  }

  #readLine(cursor: LineCursor): void {
    if (this.#hasEnded) cursor.fail('nothing must follow "# EOF"');
    cursor.skipOptionalBlanks();
    if (cursor.at === cursor.end) {
      if (!cursor.isLenient) cursor.fail("a line must not be empty");
      return;
    }
    if (cursor.peek() === HASH) {
      this.#readComment(cursor);
      return;
    }
    if (this.#sampleCount >= this.#limits.samplesMax) {
      cursor.fail(`there must be at most ${this.#limits.samplesMax} samples`);
    }
    this.#sampleCount++;
    this.#samples.read(cursor);
  }

  #readComment(cursor: LineCursor): void {
    const start = cursor.at;
    cursor.at++;
    if (cursor.isLenient) cursor.skipBlanks();
    else if (cursor.text.slice(cursor.at, cursor.end) === " EOF") {
      this.#hasEnded = true;
      return;
    } else cursor.skipSeparator("HELP, TYPE, UNIT or EOF");
    const keyword = readWord(cursor);
    switch (keyword) {
      case "HELP":
      case "TYPE":
        break;
      case "UNIT":
        if (!cursor.isLenient) break;
        return;
      default:
        if (!cursor.isLenient) cursor.fail("a comment must be HELP, TYPE, UNIT or EOF", start);
        return;
    }
    this.#samples.forget();
    cursor.skipSeparator("a metric name");
    const nameAt = cursor.at;
    const name = cursor.peek() === QUOTE
      ? readQuoted(cursor, "a quoted name")
      : readMetricName(cursor);
    if (name === "") cursor.fail(`a metric name must follow ${keyword}`, nameAt);
    // The text may be empty, and then the space before it may be missing.
    if (cursor.at < cursor.end) cursor.skipSeparator("the rest of the line");
    this.#describe(cursor, keyword, name, nameAt);
  }

  #describe(cursor: LineCursor, keyword: string, name: string, nameAt: number): void {
    const textAt = cursor.at;
    const text = cursor.text.slice(textAt, cursor.end);
    if (keyword === "HELP") {
      this.#book.setHelp(cursor, name, unescapeHelp(cursor, text), nameAt);
    } else if (keyword === "TYPE") {
      const type = typeNamed(this.#format, cursor.isLenient ? text.trimEnd() : text);
      if (type === undefined) cursor.fail("the type must be one that the format has", textAt);
      this.#book.setType(cursor, name, type, nameAt);
    } else this.#book.setUnit(cursor, name, text, nameAt);
  }

  #fail(reason: string): never {
    throw new ExpositionSyntaxError(this.#cursor.line + 1, 1, reason);
  }
}

/**
 * The families of a whole exposition.
 *
 * @throws {ExpositionSyntaxError} at the first thing that is wrong.
 */
export function parseExposition(
  bytes: Uint8Array,
  format: ParsedFormat,
  limits?: Partial<ParserLimits>,
): readonly ParsedFamily[] {
  const parser = new ExpositionParser(format, limits);
  parser.push(bytes);
  return parser.finish();
}

function readWord(cursor: LineCursor): string {
  const { text, at: start, end } = cursor;
  let at = start;
  while (at < end && text[at] !== " " && text[at] !== "\t") at++;
  cursor.at = at;
  return text.slice(start, at);
}

function unescapeHelp(cursor: LineCursor, text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(HELP_ESCAPE, (_, escape, at) => {
    const unescaped = readEscape(cursor, escape, !cursor.isLenient);
    if (unescaped !== undefined) return unescaped;
    cursor.fail("in HELP a backslash must be followed by a backslash or n", cursor.at + at);
  });
}
