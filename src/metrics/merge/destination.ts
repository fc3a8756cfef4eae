import type { FamilyDef } from "../family.ts";

/** The family of the result that a contributed family is added to. */
export interface Destination {
  /** What tells the families of the result apart. */
  readonly key: string;
  /** Its definition, with its label names sorted and then, for `per_node`, the node's label. */
  readonly family: FamilyDef;
  /**
   * Where series go of whose labels only these have a value; the cells are the same. Absent where an
   * empty label counts as one.
   */
  readonly having?: (labelNames: readonly string[]) => Destination;
}

/** Says where a family goes; undefined for nowhere. */
export type DestinationOf = (family: FamilyDef) => Destination | undefined;

/** The places of the labels that have a value, by ascending name. */
export function filledPlaces(
  labelNames: readonly string[],
  labelValues: readonly string[],
): readonly number[] {
  const filled = labelNames.map((_, place) => place).filter((place) => labelValues[place] !== "");
  return filled.sort((a, b) => labelNames[a]! < labelNames[b]! ? -1 : 1);
}
