import { BOUNDS_MAX } from "../names.ts";

/**
 * The bounds that a merged histogram has: all bounds of all lists, ascending. A list with which they
 * would be more than a page of cells has room for is left out, later ones first; `leftOut` has the
 * places of those.
 */
export function uniteBounds(
  lists: readonly (readonly number[])[],
): { readonly bounds: readonly number[]; readonly leftOut: readonly number[] } {
  let bounds = new Set<number>();
  const leftOut: number[] = [];
  lists.forEach((list, at) => {
    const united = new Set([...bounds, ...list]); // A Set takes -0 and 0 for the same.
    if (united.size > BOUNDS_MAX) leftOut.push(at);
    else bounds = united;
  });
  return { bounds: [...bounds].sort((a, b) => a - b), leftOut };
}

/**
 * Where the cells of a histogram with bounds `own` go in one with bounds `united`: for each own cell
 * (finite buckets, the bucket above, the sum) the offset of the cell it is added to; null where they
 * are the same.
 *
 * A bucket goes to the first one whose upper bound is not below its own. So for every exposed bound
 * the cumulative count takes exactly the own buckets that end at or below it, whichever bounds the
 * others have: it can't be too high, and no change of the others' bounds moves it.
 */
export function cellOffsets(
  own: readonly number[],
  united: readonly number[],
): readonly number[] | null {
  const offsets: number[] = [];
  let to = 0;
  for (const bound of own) {
    while (to < united.length && united[to]! < bound) to++;
    offsets.push(to);
  }
  offsets.push(united.length, united.length + 1);
  return offsets.every((offset, from) => offset === from) ? null : offsets;
}
