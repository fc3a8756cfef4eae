import { ExpositionSyntaxError } from "./exposition_syntax_error.ts";

const TAB = 9;
const SPACE = 32;
const SHOWN_LENGTH_MAX = 40;

/** The line that is being read, as a window of a longer text, and the place in it. */
export class LineCursor {
  /** Whether blanks may stand where the format needs none, as text 0.0.4 allows. */
  readonly isLenient: boolean;
  text = "";
  /** The next character. */
  at = 0;
  /** Where the line ends. */
  end = 0;
  /** The line's number, from 1. */
  line = 0;
  #start = 0;
  #nextBackslash = -1;

  constructor(isLenient: boolean) {
    this.isLenient = isLenient;
  }

  /** Goes on to another text. */
  setText(text: string): void {
    this.text = text;
    this.#nextBackslash = -1;
  }

  /** Goes on to the next line. */
  setLine(start: number, end: number): void {
    this.#start = start;
    this.at = start;
    this.end = end;
    this.line++;
  }

  /** The code of the next character, or -1 at the end of the line. */
  peek(): number {
    return this.at < this.end ? this.text.charCodeAt(this.at) : -1;
  }

  /** Passes blanks. */
  skipBlanks(): void {
    while (this.at < this.end) {
      const code = this.text.charCodeAt(this.at);
      if (code !== SPACE && code !== TAB) break;
      this.at++;
    }
  }

  /** Passes blanks that only text 0.0.4 allows. */
  skipOptionalBlanks(): void {
    if (this.isLenient) this.skipBlanks();
  }

  /** Passes blanks that only text 0.0.4 allows, if `code` stands behind them. */
  skipOptionalBlanksBefore(code: number): void {
    const { at } = this;
    this.skipOptionalBlanks();
    if (this.peek() !== code) this.at = at;
  }

  /** Passes blanks that only text 0.0.4 allows, if the line ends with them. */
  skipTrailingBlanks(): void {
    const { at } = this;
    this.skipOptionalBlanks();
    if (this.at < this.end) this.at = at;
  }

  /** Passes the blank between two parts: one space, in text 0.0.4 any number of blanks. */
  skipSeparator(before: string): void {
    const code = this.peek();
    if (code !== SPACE && !(this.isLenient && code === TAB)) {
      this.fail(`a space must stand before ${before}`);
    }
    this.at++;
    this.skipOptionalBlanks();
  }

  /** Whether there is a backslash before `end`. Looks at each character once for a whole text. */
  hasBackslash(end: number): boolean {
    if (this.#nextBackslash < this.at) {
      const found = this.text.indexOf("\\", this.at);
      this.#nextBackslash = found < 0 ? Infinity : found;
    }
    return this.#nextBackslash < end;
  }

  /** Throws what is wrong at a place, and shows what stands there. */
  fail(reason: string, at: number = this.at): never {
    const end = Math.min(this.end, at + SHOWN_LENGTH_MAX);
    const shown = at < this.end
      ? JSON.stringify(this.text.slice(at, end)) + (end < this.end ? "…" : "")
      : "the end of the line";
    throw new ExpositionSyntaxError(
      this.line,
      at - this.#start + 1,
      `${reason}: received ${shown}`,
    );
  }
}
