/** The float64 nearest to the exact sum of finite float64 values, by rational arithmetic. */
export function exactSum(values: readonly number[]): number {
  let sum = 0n;
  for (const value of values) sum += scaled(value);
  return nearest(sum);
}

/** Every finite float64 is a whole multiple of 2^-1074. */
const SCALE_BITS = 1_074;

function scaled(value: number): bigint {
  if (!Number.isFinite(value)) throw new RangeError(`Cannot scale ${value}: it must be finite.`);
  const bits = new BigUint64Array(Float64Array.of(value).buffer)[0]!;
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const magnitude = exponent === 0 ? fraction : (fraction | 1n << 52n) << BigInt(exponent - 1);
  return bits >> 63n === 1n ? -magnitude : magnitude;
}

/** Rounds `units` of 2^-1074 to the nearest float64, ties to even. */
function nearest(units: bigint): number {
  const sign = units < 0n ? -1 : 1;
  let magnitude = units < 0n ? -units : units;
  const drop = Math.max(0, magnitude.toString(2).length - 53);
  if (drop > 0) {
    const half = 1n << BigInt(drop - 1);
    const rest = magnitude & ((1n << BigInt(drop)) - 1n);
    magnitude >>= BigInt(drop);
    if (rest > half || (rest === half && (magnitude & 1n) === 1n)) magnitude += 1n;
  }
  // Two steps: 2^-1074 times a large power of two would not be a float64 in one.
  const half = Math.floor((drop - SCALE_BITS) / 2);
  return sign * Number(magnitude) * 2 ** half * 2 ** (drop - SCALE_BITS - half);
}
