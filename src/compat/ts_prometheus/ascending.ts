/**
 * Each number once, ascending, as Muster's registry takes them. What is no list is left as it is, for the
 * registry to refuse by name.
 */
export function ascending(numbers: readonly number[]): readonly number[] {
  const isList = typeof numbers === "object" && Symbol.iterator in numbers;
  return isList ? [...new Set<number>(numbers)].sort((a, b) => a - b) : numbers;
}
