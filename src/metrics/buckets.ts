import { BOUNDS_MAX } from "./names.ts";

/**
 * Bounds at equal distances: `start`, `start + width`, and so on, `count` of them.
 *
 * @throws {RangeError} if the bounds would not be finite and ascending, or `count` is out of range.
 *
 * @example
 * ```ts
 * import { linearBuckets } from "@muster/muster";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(linearBuckets(10, 5, 4), [10, 15, 20, 25]);
 * ```
 */
export function linearBuckets(start: number, width: number, count: number): number[] {
  return bounds("linear", { start, width }, count, (i) => start + i * width);
}

/**
 * Bounds at equal ratios: `start`, `start * factor`, and so on, `count` of them.
 *
 * @throws {RangeError} like {@linkcode linearBuckets}.
 *
 * @example
 * ```ts
 * import { exponentialBuckets } from "@muster/muster";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(exponentialBuckets(1, 10, 4), [1, 10, 100, 1000]);
 * ```
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
