/**
 * The bins of native histograms and summaries, as Prometheus defines them: at schema `s` the bin `i`
 * holds values above `2^((i-1)/2^s)`, up to and including `2^(i/2^s)`; negative values are kept by
 * their absolute value. Two neighbouring bins of schema `s` are one of schema `s - 1`, so counts of
 * different schemas can be added exactly at the lowest of them
 * (https://prometheus.io/docs/specs/native_histograms/).
 */
export interface Bin {
  /** From {@linkcode SCHEMA_MIN} to {@linkcode SCHEMA_MAX}: the higher, the narrower the bins. */
  readonly schema: number;
  readonly sign: BinSign;
  /** 0 where the sign is. */
  readonly index: number;
}

/** Which values a bin holds: positive, negative, or, with 0, those that are next to zero. */
export type BinSign = 1 | 0 | -1;

/** The widest bins: each is 65,536 times the one before. */
export const SCHEMA_MIN = -4;
/** The narrowest bins: each is 1.0027 times the one before. */
export const SCHEMA_MAX = 8;
/** Values whose distance from 0 is not above this are in the zero bin, as in Prometheus's clients. */
export const ZERO_THRESHOLD: number = 2 ** -128;
/** No finite value has a larger or smaller index at any schema. */
export const BIN_INDEX_MAX: number = 1024 << SCHEMA_MAX;

const EXPONENT_BIAS = 1022;
const FLOAT = new Float64Array(1);
const WORDS = new Uint32Array(FLOAT.buffer);
const HIGH_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** For each schema above 0 the lower bounds of its bins from 0.5 to 1. */
const BOUNDS: readonly Float64Array[] = Array.from({ length: SCHEMA_MAX + 1 }, (_, schema) => {
  const bins = 1 << schema;
  return Float64Array.from({ length: bins }, (_, i) => 2 ** (i / bins - 1));
});

/** The index of the bin that holds a value above {@linkcode ZERO_THRESHOLD}. */
export function binIndex(value: number, schema: number): number {
  FLOAT[0] = value;
  const high = WORDS[HIGH_WORD]!;
  const exponent = (high >>> 20) - EXPONENT_BIAS;
  WORDS[HIGH_WORD] = (high & 0xfffff) | (EXPONENT_BIAS << 20);
  const fraction = FLOAT[0]!; // From 0.5 on, below 1.
  if (schema <= 0) return atSchema(fraction === 0.5 ? exponent - 1 : exponent, 0, schema);
  const bounds = BOUNDS[schema]!;
  let first = 0;
  let end = bounds.length;
  while (first < end) {
    const middle = (first + end) >>> 1;
    if (bounds[middle]! < fraction) first = middle + 1;
    else end = middle;
  }
  return first + (exponent - 1) * bounds.length;
}

/** The index at schema `to` of the bin that includes the bin `index` of schema `from`, not below it. */
export function atSchema(index: number, from: number, to: number): number {
  return ((index - 1) >> (from - to)) + 1;
}

/** How many times a bin's upper bound is its lower bound. */
export function growthOf(schema: number): number {
  return 2 ** (2 ** -schema);
}

/** The upper bound of a bin. */
export function upperBound(index: number, schema: number): number {
  return 2 ** (index * 2 ** -schema);
}

/**
 * How far a value is at most from the one that stands for its bin, as a share of the value: the bounds
 * are both that far from `2 * upper / (growth + 1)`.
 */
export function relativeErrorOf(schema: number): number {
  const growth = growthOf(schema);
  return (growth - 1) / (growth + 1);
}
