import type { LineCursor } from "./line_cursor.ts";

const LABEL_START = 1;
const DIGIT = 2;
const COLON = 4;
const QUOTE = 34;
const BACKSLASH = 92;

/** By code: what a character below 128 may be in a name. */
const CLASSES: Uint8Array = (() => {
  const classes = new Uint8Array(128);
  for (let code = 0; code < 128; code++) {
    const character = String.fromCharCode(code);
    if (/[a-zA-Z_]/.test(character)) classes[code] = LABEL_START;
    else if (/[0-9]/.test(character)) classes[code] = DIGIT;
    else if (character === ":") classes[code] = COLON;
  }
  return classes;
})();

/** Reads a metric name in the legacy character set; empty where none begins. */
export function readMetricName(cursor: LineCursor): string {
  return readName(cursor, COLON);
}

/** Reads a label name in the legacy character set; empty where none begins. */
export function readLabelName(cursor: LineCursor): string {
  return readName(cursor, 0);
}

function readName(cursor: LineCursor, more: number): string {
  const { text, at: start, end } = cursor;
  let allowed = LABEL_START | more;
  let at = start;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code > 127 || (CLASSES[code]! & allowed) === 0) break;
    allowed |= DIGIT;
  }
  cursor.at = at;
  return text.slice(start, at);
}

/**
 * Reads a text between quotes, in which backslash, quote and newline are escaped. The cursor stands at
 * the opening quote, and afterwards behind the closing one.
 */
export function readQuoted(cursor: LineCursor, what: string): string {
  const start = cursor.at;
  if (cursor.peek() !== QUOTE) cursor.fail(`${what} must begin with a quote`);
  cursor.at = start + 1;
  const close = cursor.text.indexOf('"', start + 1);
  if (close >= 0 && close < cursor.end && !cursor.hasBackslash(close)) {
    cursor.at = close + 1;
    return cursor.text.slice(start + 1, close);
  }
  return readEscaped(cursor, start, what);
}

/**
 * What a backslash and the character behind it spell, or undefined where they may not stand.
 * OpenMetrics lets a backslash be one before any other character (its grammar's `escaped-char`).
 */
export function readEscape(
  { isLenient }: LineCursor,
  escape: string,
  allowsQuote: boolean,
): string | undefined {
  if (escape === "n") return "\n";
  if (escape === "\\" || (escape === '"' && allowsQuote)) return escape;
  return isLenient || escape === "" ? undefined : `\\${escape}`;
}

function readEscaped(cursor: LineCursor, start: number, what: string): string {
  const { text, end } = cursor;
  let read = "";
  let from = start + 1;
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      cursor.at = at + 1;
      return read + text.slice(from, at);
    }
    if (code !== BACKSLASH) continue;
    const escape = at + 1 < end ? text[at + 1]! : "";
    const unescaped = readEscape(cursor, escape, true);
    if (unescaped === undefined) {
      cursor.fail(`in ${what} a backslash must be followed by a backslash, a quote or n`, at);
    }
    read += text.slice(from, at) + unescaped;
    from = at + 2;
    at++;
  }
  cursor.fail(`${what} must end with a quote`, start);
}
