/**
 * What a family measures. The words are Prometheus's and OpenMetrics'.
 *
 * - `summary`: counts and sums for ever, and quantiles of a sliding window.
 * - `native_histogram`: a histogram with exponential bins that appear when they are first hit.
 * - `info`: facts as labels; its value is 1.
 * - `state_set`: one series for each state, 1 for those that the node is in, else 0.
 */
export type MetricType =
  | "counter"
  | "gauge"
  | "histogram"
  | "summary"
  | "native_histogram"
  | "info"
  | "state_set";

/**
 * How the series of many nodes become one.
 *
 * - `add`: the sum over every incarnation ever seen (counters, histograms and summaries, always; a
 *   summary's window is the sum over the nodes that are alive).
 * - `per_node`: each node's own value, with a `node` label (the default of gauges, always true; state
 *   sets, always).
 * - `sum`, `min`, `max`, `avg`: over the nodes that are alive. Info is merged as `max`: the maximum of
 *   ones is the union.
 * - `latest`: the value that was set last, by the wall clocks of the nodes that set it.
 */
export type MergeMode = "add" | GaugeMerge;

/** The merge modes that a gauge can choose. */
export type GaugeMerge = "per_node" | "sum" | "min" | "max" | "avg" | "latest";

/** Every {@linkcode GaugeMerge}. */
export const GAUGE_MERGES: readonly GaugeMerge[] = [
  "per_node",
  "sum",
  "min",
  "max",
  "avg",
  "latest",
];

/** The description of a family: all that its series have in common. */
export interface FamilyDef {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  /** A Prometheus base unit such as `seconds`, or empty. */
  readonly unit: string;
  readonly merge: MergeMode;
  readonly labelNames: readonly string[];
  /** Upper bounds of a histogram's finite buckets, ascending; empty for other types. */
  readonly bounds: readonly number[];
  /** The quantiles that a summary shows, ascending, each from 0 to 1; absent for other types. */
  readonly quantiles?: readonly number[];
}

/**
 * How many neighbouring cells one series of the family has, its bins apart: a histogram one for each
 * finite bucket, one for the bucket above them, and one for the sum; a summary its count and its sum;
 * a native histogram its sum; a `latest` gauge its value and when it was set, in seconds since the
 * epoch; anything else one. Buckets are never cumulative. A sum is always the last of these cells.
 */
export function cellsPerSeries(family: FamilyDef): number {
  switch (family.type) {
    case "histogram":
      return family.bounds.length + 2;
    case "summary":
      return 2;
    default:
      return family.merge === "latest" ? 2 : 1;
  }
}

/**
 * Whether the series' cells (bins apart) only ever grow, and count although their owner is gone. The
 * sum is an exception once a negative value was observed.
 */
export function isGrowing(family: Pick<FamilyDef, "merge">): boolean {
  return family.merge === "add";
}

/** Whether the family is merged in a way that its type can be. */
export function mergesAsItsType({ type, merge }: Pick<FamilyDef, "type" | "merge">): boolean {
  if (type === "gauge") return merge !== "add";
  if (type === "info") return merge === "max";
  return merge === (type === "state_set" ? "per_node" : "add");
}

/** Whether series of the family have exponential bins besides their cells. */
export function hasBins(family: Pick<FamilyDef, "type">): boolean {
  return family.type === "native_histogram" || family.type === "summary";
}

/** Whether series of the family have a sum, which a negative value turns into state. */
export function hasSum(family: Pick<FamilyDef, "type">): boolean {
  return family.type === "histogram" || hasBins(family);
}

/** Whether the family's bins only ever grow; a summary's are a window and do not. */
export function areBinsGrowing(family: Pick<FamilyDef, "type">): boolean {
  return family.type === "native_histogram";
}

/** Whether two definitions describe series that can be added up or stand side by side. */
export function isCompatible(a: FamilyDef, b: FamilyDef): boolean {
  return a.type === b.type && a.merge === b.merge;
}

/** The names of the samples that a family exposes, in whichever format. */
export function sampleNames(family: Pick<FamilyDef, "name" | "type">): string[] {
  const { name, type } = family;
  if (type === "summary") return [name, `${name}_sum`, `${name}_count`];
  if (!hasSum(family)) return [name];
  return [name, `${name}_bucket`, `${name}_sum`, `${name}_count`];
}
