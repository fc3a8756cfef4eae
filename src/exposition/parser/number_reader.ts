import type { LineCursor } from "./line_cursor.ts";

const ZERO = 48;
const NINE = 57;
const POINT = 46;
const PLUS = 43;
const MINUS = 45;
const SPACE = 32;
const TAB = 9;
/** Decimal digits that a float64 holds exactly, whatever they are. */
const EXACT_DIGITS_MAX = 15;
const WORDS: Readonly<Record<string, number>> = {
  nan: NaN,
  inf: Infinity,
  "+inf": Infinity,
  "-inf": -Infinity,
  infinity: Infinity,
  "+infinity": Infinity,
  "-infinity": -Infinity,
};
const WORD_LENGTH_MAX = 9;

/** Reads a number up to the next blank or the end of the line; throws where there is none. */
export function readNumber(cursor: LineCursor, what: string): number {
  const { text, at: start, end } = cursor;
  let at = start;
  let value = 0;
  for (; at < end; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if ((at === end || isBlank(text.charCodeAt(at))) && at > start) {
    cursor.at = at;
    return at - start <= EXACT_DIGITS_MAX ? value : Number(text.slice(start, at));
  }
  while (at < end && !isBlank(text.charCodeAt(at))) at++;
  const number = parseNumber(text.slice(start, at));
  if (number === undefined) {
    cursor.fail(`${what} must be a number such as 1, 0.5, 1e-3, NaN or +Inf`);
  }
  cursor.at = at;
  return number;
}

/**
 * The number that a text spells, or undefined: a decimal float, or NaN and infinity in any case, as
 * OpenMetrics' grammar has them. Neither hexadecimal nor underscores, which only Go reads.
 */
export function parseNumber(text: string): number | undefined {
  if (isDecimal(text)) return Number(text);
  if (text.length > WORD_LENGTH_MAX) return undefined;
  const word = text.toLowerCase();
  return Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
}

function isDecimal(text: string): boolean {
  let at = isSign(text.charCodeAt(0)) ? 1 : 0;
  const mantissa = at;
  at = skipDigits(text, at);
  let digits = at - mantissa;
  if (text.charCodeAt(at) === POINT) {
    const fraction = ++at;
    at = skipDigits(text, at);
    digits += at - fraction;
  }
  if (digits === 0) return false;
  if ((text.charCodeAt(at) | 32) === 0x65) {
    at++;
    if (isSign(text.charCodeAt(at))) at++;
    const exponent = at;
    at = skipDigits(text, at);
    if (at === exponent) return false;
  }
  return at === text.length;
}

function skipDigits(text: string, at: number): number {
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < ZERO || code > NINE) break;
  }
  return at;
}

function isSign(code: number): boolean {
  return code === PLUS || code === MINUS;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
