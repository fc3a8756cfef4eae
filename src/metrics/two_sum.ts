/**
 * What `sum`, the rounded `a + b`, lost: `sum` and this error together are `a + b` exactly (Knuth,
 * The Art of Computer Programming, volume 2, 4.2.2, theorem B). Holds for any finite `a` and `b`
 * whose sum is finite.
 */
export function sumError(a: number, b: number, sum: number): number {
  const part = sum - a;
  return (a - (sum - part)) + (b - part);
}

/** Cells held in double-double: cell `i` is `high[i] + low[i]`, which no rounding has touched. */
export interface Pairs {
  readonly high: Float64Array;
  readonly low: Float64Array;
}

/**
 * Adds `count` cells of `source`, from `from` on, to the pairs from `to` on. Errors collect in the low
 * half, so the total stays exact, and with it independent of order and grouping, while a cell's total
 * times the number of summands is below 2^54 times its smallest summand other than zero: 13 orders of
 * magnitude for a thousand summands. Beyond that it is off by 2^-100 or so of the total.
 */
export function addCells(
  pairs: Pairs,
  to: number,
  source: Float64Array,
  from: number,
  count: number,
): void {
  const { high, low } = pairs;
  for (let i = 0; i < count; i++) {
    const a = high[to + i]!;
    const b = source[from + i]!;
    const sum = a + b;
    high[to + i] = sum;
    const error = sumError(a, b, sum);
    // Counts are whole numbers, which add up without any.
    if (error !== 0) low[to + i]! += error;
  }
}

/** Four pages whose cells are added at once. */
export type FourPages = readonly [Float64Array, Float64Array, Float64Array, Float64Array];

/**
 * Like four calls of {@linkcode addCells}, one after another, to the last bit. Four sums at a time keep
 * a processor busy that would wait for the memory and the loop.
 */
export function addFourCells(
  { high, low }: Pairs,
  to: number,
  [first, second, third, fourth]: FourPages,
  from: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const none = high[to + i]!;
    const a = first[from + i]!;
    const b = second[from + i]!;
    const c = third[from + i]!;
    const d = fourth[from + i]!;
    const one = none + a;
    const two = one + b;
    const three = two + c;
    const four = three + d;
    high[to + i] = four;
    const errorA = sumError(none, a, one);
    const errorB = sumError(one, b, two);
    const errorC = sumError(two, c, three);
    const errorD = sumError(three, d, four);
    if (errorA !== 0 || errorB !== 0 || errorC !== 0 || errorD !== 0) {
      low[to + i] = low[to + i]! + errorA + errorB + errorC + errorD;
    }
  }
}

/** Adds low halves that were kept of earlier sums, from cell `from` on, to the pairs from `to` on. */
export function addLowHalves(
  pairs: Pairs,
  to: number,
  source: Float64Array,
  from: number,
  count: number,
): void {
  const { low } = pairs;
  for (let i = 0; i < count; i++) low[to + i]! += source[from + i]!;
}

/**
 * Brings the pairs before `end`, from `from` on, into their one normal form: high is the total, correctly rounded, and
 * low is what that leaves out. A total beyond the largest float64 is infinite and has no low half.
 */
export function roundPairs({ high, low }: Pairs, end: number, from: number = 0): void {
  for (let i = from; i < end; i++) {
    const a = high[i]!;
    const b = low[i]!;
    if (b === 0) continue;
    const sum = a + b;
    if (sum - sum === 0) {
      high[i] = sum;
      low[i] = sumError(a, b, sum);
    } else {
      low[i] = 0;
    }
  }
}
