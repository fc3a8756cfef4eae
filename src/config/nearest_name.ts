/**
 * The known name that `name` most likely was meant to be, or undefined if none is within
 * `distanceMax` letters. Default: a third wrong is a misspelling, more is another word.
 */
export function nearestName(
  name: string,
  known: Iterable<string>,
  distanceMax: number = Math.max(2, Math.floor(name.length / 3)),
): string | undefined {
  let nearest: string | undefined;
  let best = distanceMax + 1;
  for (const candidate of known) {
    const distance = editDistance(name, candidate);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

/** How many letters must be inserted, removed or replaced to make `b` of `a` (Levenshtein). */
export function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = above[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, above[column]! + 1, current[column - 1]! + 1));
    }
    above = current;
  }
  return above[b.length]!;
}
