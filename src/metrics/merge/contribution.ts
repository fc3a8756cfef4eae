import type { Shard } from "../shard.ts";

/**
 * What has become of who contributes. What has departed, alone or folded with others into one sum,
 * gives its counters and histograms, and no gauges.
 */
export type Life = "live" | "departed" | "folded";

/** One incarnation's part in a merge, or that of many which were folded into one. */
export interface Contribution {
  /** The node's name: the `node` label of its `per_node` gauges. */
  readonly node: string;
  /** Unique among the contributions of a merge. */
  readonly incarnation: string;
  /** When the incarnation began, in milliseconds; the longest-lived one's definition breaks a tie. */
  readonly startedAtMs: number;
  /** Its cells may change between merges; its layout may only grow, or be replaced by another one. */
  readonly shard: Shard;
  /** The low halves of cells that are themselves sums, in pages like `shard.pages`; default: none. */
  readonly low?: readonly Float64Array[];
  readonly life: Life;
  /** False where the owner did not answer lately: a frozen gauge would look alive. */
  readonly gaugesShown: boolean;
  /** When a series was made, in milliseconds since the epoch; default: as the layout says. */
  readonly createdMsOf?: (series: number) => number | null;
}

/**
 * Why (a part of) a contribution was left out.
 *
 * - `type`, `merge_mode`: the family has another one in the definition that won.
 * - `sample_names`: another family, such as a histogram `x` beside a counter `x_count`, exposes
 *   samples of the same name.
 * - `bounds_limit`: nothing is missing, but the family's bounds have no `le` of their own, since the
 *   union of all bounds would not fit into a page.
 */
export type ConflictReason = "type" | "merge_mode" | "sample_names" | "bounds_limit";

/** Every {@linkcode ConflictReason}. */
export const CONFLICT_REASONS: readonly ConflictReason[] = [
  "type",
  "merge_mode",
  "sample_names",
  "bounds_limit",
];

/** A definition that could not be honoured. */
export interface Conflict {
  /** The name of the family. */
  readonly family: string;
  /** Whose definition it is. */
  readonly node: string;
  /** In which life. */
  readonly incarnation: string;
  /** What was in the way. */
  readonly reason: ConflictReason;
  /** The name of the family that won: the same name, but for `sample_names`. */
  readonly winner: string;
}

/**
 * Many shards as one. It is a view of the merger's buffers: the next merge overwrites it, so it has to
 * be read, or copied, before.
 */
export interface MergedShard extends Shard {
  /**
   * Append-only from one merge to the next, and replaced by a new object where definitions changed. A
   * name may have several families here, which differ in their label names alone.
   */
  readonly layout: Shard["layout"];
  /** How many merges the merger has made. */
  readonly seq: number;
  readonly stamps: null;
  /** What rounding left out of each cell, in pages like `pages`: the two add up to the exact total. */
  readonly low: readonly Float64Array[];
  /** For each series of the layout 1 if it is to be exposed, else 0. */
  readonly shown: Uint8Array;
  /** When a series was first made, in milliseconds since the epoch, to the second; null if unknown. */
  readonly createdMsOf: (series: number) => number | null;
  readonly conflicts: readonly Conflict[];
  /** By incarnation the seq that each contribution had when it was added. */
  readonly seqs: ReadonlyMap<string, number>;
}
