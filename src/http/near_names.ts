import { editDistance } from "../config/nearest_name.ts";

/** Names that are shown at most. */
const NEAR_MAX = 5;
/** Names that are compared letter by letter, and letters of each: that takes a time of their product. */
const COMPARED_MAX = 2_000;
const LETTERS_MAX = 64;

/** The known names that come nearest to what was asked for, the nearest first. */
export function nearest(wanted: string, known: Iterable<string>): string[] {
  const names = [...new Set(known)];
  // One that has all of what was asked for in it is nearer than any misspelling.
  const containing = names.filter((name) => name.includes(wanted)).sort(byLength);
  if (containing.length >= NEAR_MAX) return containing.slice(0, NEAR_MAX);
  const letters = wanted.slice(0, LETTERS_MAX);
  const others = names.filter((name) => !name.includes(wanted)).slice(0, COMPARED_MAX)
    .map((name) => ({ name, distance: editDistance(letters, name.slice(0, LETTERS_MAX)) }))
    .sort((a, b) => a.distance - b.distance || byLength(a.name, b.name));
  return [...containing, ...others.map(({ name }) => name)].slice(0, NEAR_MAX);
}

function byLength(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
