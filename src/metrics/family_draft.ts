import { cellsPerSeries, type FamilyDef, hasBins } from "./family.ts";
import type { IdleWatch } from "./idle_watch.ts";
import type { OwnShard } from "./own_shard.ts";

/** What a family's series are made with. */
export interface Draft {
  /** The definition in the layout: rules applied, constant labels appended. */
  readonly family: FamilyDef;
  /** The constant labels, but for those that the metric has itself. */
  readonly constants: readonly (readonly [name: string, value: string])[];
  /** The labels that callers give. */
  readonly labelNames: readonly string[];
  /** Those of them that rules leave. */
  readonly keptNames: readonly string[];
  /** Where the cells are: one that nobody reads for a metric that rules drop. */
  readonly shard: OwnShard;
  readonly number: number;
  readonly watch: IdleWatch | null;
  /** The number of the overflow family, once there is one. */
  overflow: number | null;
}

/** The cells that a series has when it is made. */
export function cellsWithZeroBin(family: FamilyDef): number {
  return cellsPerSeries(family) + (hasBins(family) ? 1 : 0);
}
