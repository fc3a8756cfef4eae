/** What a family measures. The words are Prometheus's. */
export type MetricType = "counter" | "gauge" | "histogram";

/**
 * How the series of many nodes become one.
 *
 * - `add`: the sum over every incarnation ever seen (counters and histograms, always).
 * - `per_node`: each node's own value, with a `node` label (the default of gauges, always true).
 * - `sum`, `min`, `max`, `avg`: over the nodes that are alive.
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
}

/**
 * How many neighbouring cells one series of the family has: a counter or gauge one; a `latest` gauge
 * two (the value, and when it was set, in seconds since the epoch); a histogram one for each finite
 * bucket, one for the bucket above them, and one for the sum. Buckets are never cumulative.
 */
export function cellsPerSeries(family: FamilyDef): number {
  if (family.type === "histogram") return family.bounds.length + 2;
  return family.merge === "latest" ? 2 : 1;
}

/** Whether the series' cells only ever grow, the sum of a histogram that saw a negative value apart. */
export function isGrowing(family: FamilyDef): boolean {
  return family.type !== "gauge";
}

/** Whether two definitions describe series that can be added up or stand side by side. */
export function isCompatible(a: FamilyDef, b: FamilyDef): boolean {
  return a.type === b.type && a.merge === b.merge;
}

/** The names of the samples that a family exposes. */
export function sampleNames(family: Pick<FamilyDef, "name" | "type">): string[] {
  if (family.type !== "histogram") return [family.name];
  return [family.name, `${family.name}_bucket`, `${family.name}_sum`, `${family.name}_count`];
}
