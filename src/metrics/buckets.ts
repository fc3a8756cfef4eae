import { BOUNDS_MAX } from "./names.ts";

/**
 * Bounds at equal distances: `start`, `start + width`, and so on.
 *
 * @throws {RangeError} if the bounds would not be finite and ascending, or the count is out of range.
 */
export function linearBuckets(start: number, width: number, count: number): number[] {
  return bounds("linear", { start, width }, count, (i) => start + i * width);
}

/**
 * Bounds at equal ratios: `start`, `start * factor`, and so on.
 *
 * @throws {RangeError} like {@linkcode linearBuckets}.
 */
export function exponentialBuckets(start: number, factor: number, count: number): number[] {
  return bounds("exponential", { start, factor }, count, (i) => start * factor ** i);
}

function bounds(
  kind: string,
  given: Readonly<Record<string, number>>,
  count: number,
  boundAt: (i: number) => number,
): number[] {
  const refuse = (rule: string) => {
    const received = Object.entries({ ...given, count }).map(([name, value]) => `${name} ${value}`);
    throw new RangeError(`Cannot make ${kind} buckets: ${rule}: received ${received.join(", ")}`);
  };
  if (!Number.isInteger(count) || count < 1 || count > BOUNDS_MAX) {
    refuse(`count must be 1 to ${BOUNDS_MAX}`);
  }
  const list = Array.from({ length: count }, (_, i) => boundAt(i));
  const isAscending = list.every((bound, i) => i === 0 || bound > list[i - 1]!);
  if (!list.every(Number.isFinite) || !isAscending) refuse("bounds must be finite and ascend");
  return list;
}
