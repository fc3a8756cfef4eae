/** The most bytes that {@linkcode writeNumber} writes, as `-2.2250738585072014e-308` needs. */
export const NUMBER_BYTES_MAX = 24;

const ZERO = 48;
const HALF_MAX = 1e9;
/** Bounds whose decimal exponent is beyond these are written with an exponent, as Go's `%g` does. */
const BOUND_EXPONENT_MIN = -4;
const BOUND_EXPONENT_MAX = 5;

/** A sample's value: the shortest decimal that reads back as the same float64. */
export function formatNumber(value: number): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return Object.is(value, -0) ? "-0" : String(value);
}

/**
 * A bucket's bound as the `le` label carries it: OpenMetrics' canonical floats (`1.0`, `0.005`,
 * `1e+06`), which is also what Prometheus 3 makes of any other spelling, so that no change of format
 * or server renames a series.
 */
export function formatBound(bound: number): string {
  if (!Number.isFinite(bound)) return formatNumber(bound);
  const [digits, exponent] = bound.toExponential().split("e") as [string, string];
  const power = Number(exponent);
  if (power < BOUND_EXPONENT_MIN || power > BOUND_EXPONENT_MAX) {
    return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

/** Writes a sample's value as {@linkcode formatNumber} spells it; returns where it ends. */
export function writeNumber(bytes: Uint8Array, at: number, value: number): number {
  const small = value | 0;
  // 1 / value tells 0 from -0.
  if (small === value && (small > 0 || (small === 0 && 1 / value > 0))) {
    return writeDigits(bytes, at, small);
  }
  if (value >= HALF_MAX && value <= Number.MAX_SAFE_INTEGER && Math.floor(value) === value) {
    return writeLarge(bytes, at, value);
  }
  const text = formatNumber(value);
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

function writeLarge(bytes: Uint8Array, at: number, value: number): number {
  let high = Math.floor(value / HALF_MAX);
  let low = value - high * HALF_MAX;
  // The quotient is rounded, perhaps up to the next integer.
  if (low < 0) {
    high--;
    low += HALF_MAX;
  }
  const end = writeDigits(bytes, at, high) + 9;
  let rest = low | 0;
  for (let i = end - 1; i >= end - 9; i--) {
    const next = (rest / 10) | 0;
    bytes[i] = ZERO + rest - next * 10;
    rest = next;
  }
  return end;
}

function writeDigits(bytes: Uint8Array, at: number, value: number): number {
  let count = 1;
  for (let limit = 10; count < 10 && value >= limit; limit *= 10) count++;
  const end = at + count;
  let rest = value;
  for (let i = end - 1; i >= at; i--) {
    const next = (rest / 10) | 0;
    bytes[i] = ZERO + rest - next * 10;
    rest = next;
  }
  return end;
}
