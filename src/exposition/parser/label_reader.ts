import { escapeLabelValue } from "../escape.ts";
import type { LineCursor } from "./line_cursor.ts";
import { readLabelName, readQuoted } from "./name_reader.ts";

const OPEN = 123;
const CLOSE = 125;
const COMMA = 44;
const EQUALS = 61;
const QUOTE = 34;
const NO_NAMES: readonly string[] = [];

/**
 * Reads label sets between braces. What the last one held stands in the fields, which the next one
 * replaces: the label sets of one sample name tend to have the same names, and then share them.
 */
export class LabelReader {
  /** The label names, in the order of the text. */
  names: readonly string[] = NO_NAMES;
  /** The values, in the order of the names. */
  values: string[] = [];
  /** A metric name that stood in quotes between the braces, or null. */
  metricName: string | null = null;
  /** Where the braces begin and end; both the same place where there are none. */
  start = 0;
  end = 0;
  /** Whether the text is as {@linkcode labelText} would write it. */
  isPlain = true;
  readonly #labelsMax: number;
  #known: readonly string[] = NO_NAMES;

  constructor(labelsMax: number) {
    this.#labelsMax = labelsMax;
  }

  /** Reads a label set if one begins here. `known` are the names that it probably has. */
  read(cursor: LineCursor, known: readonly string[], allowsMetricName: boolean): void {
    this.names = NO_NAMES;
    this.values = [];
    this.metricName = null;
    this.isPlain = true;
    this.start = this.end = cursor.at;
    if (cursor.peek() !== OPEN) return;
    this.#known = known;
    cursor.at++;
    this.#skipBlanks(cursor);
    // Names are collected only from the first that is not the known one.
    let names: string[] | null = null;
    while (cursor.peek() !== CLOSE) {
      const place = this.values.length;
      const name = this.#readName(cursor, place, allowsMetricName);
      if (name !== null) {
        if (names === null && name !== known[place]) names = known.slice(0, place);
        names?.push(name);
        const value = readQuoted(cursor, `the value of label "${name}"`);
        this.values.push(value);
        // OpenMetrics has more than one way to write a backslash.
        if (!cursor.isLenient && value.includes("\\")) this.isPlain = false;
        if (place >= this.#labelsMax) {
          cursor.fail(`a sample must have at most ${this.#labelsMax} labels`);
        }
      }
      this.#skipBlanks(cursor);
      if (cursor.peek() === CLOSE) break;
      if (cursor.peek() !== COMMA) cursor.fail('"," or "}" must follow a label');
      cursor.at++;
      this.#skipBlanks(cursor);
      if (cursor.peek() === CLOSE) {
        if (!cursor.isLenient) cursor.fail("a label must follow the comma");
        this.isPlain = false;
      }
    }
    cursor.at++;
    this.end = cursor.at;
    if (this.values.length === 0) this.isPlain = false;
    this.names = names ??
      (known.length === this.values.length ? known : known.slice(0, this.values.length));
    if (this.names !== known) this.#refuseTwice(cursor);
  }

  /** The name of the label that begins here, or null where it was the metric's name instead. */
  #readName(cursor: LineCursor, place: number, allowsMetricName: boolean): string | null {
    const known = this.#known[place];
    if (known !== undefined && isKnown(cursor, known)) {
      cursor.at += known.length + 1;
      return known;
    }
    const start = cursor.at;
    const isQuoted = cursor.peek() === QUOTE;
    const name = isQuoted ? readQuoted(cursor, "a quoted name") : readLabelName(cursor);
    if (isQuoted) this.isPlain = false;
    if (name === "") cursor.fail("a label name or } must stand here", start);
    this.#skipBlanks(cursor);
    if (isQuoted && cursor.peek() !== EQUALS) {
      if (!allowsMetricName || place > 0 || this.metricName !== null) {
        cursor.fail("= must follow a label name");
      }
      this.metricName = name;
      return null;
    }
    if (cursor.peek() !== EQUALS) cursor.fail("= must follow a label name");
    if (name === "__name__") cursor.fail('a label must not be named "__name__"', start);
    cursor.at++;
    this.#skipBlanks(cursor);
    return name;
  }

  #skipBlanks(cursor: LineCursor): void {
    const { at } = cursor;
    cursor.skipOptionalBlanks();
    if (cursor.at !== at) this.isPlain = false;
  }

  #refuseTwice(cursor: LineCursor): void {
    const { names } = this;
    if (new Set(names).size === names.length) return;
    const twice = names.find((name, i) => names.indexOf(name) !== i)!;
    cursor.fail(`a label must be there once, "${twice}" is there twice`, this.start);
  }
}

/** Whether the known name stands here, followed by `="`. */
function isKnown({ text, at, end }: LineCursor, known: string): boolean {
  const after = at + known.length;
  return after + 1 < end && text.charCodeAt(after) === EQUALS &&
    text.charCodeAt(after + 1) === QUOTE && text.startsWith(known, at);
}

const LEGACY_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** A label set in the spelling that renderers use: each set of pairs in this order has only one. */
export function labelText(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return "";
  const pairs = names.map((name, i) => {
    const spelt = LEGACY_NAME.test(name) ? name : `"${escapeLabelValue(name)}"`;
    return `${spelt}="${escapeLabelValue(values[i]!)}"`;
  });
  return `{${pairs.join(",")}}`;
}
