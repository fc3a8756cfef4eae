/** One value of a foreign series. */
export interface ForeignValue {
  readonly labelNames: readonly string[];
  readonly labelValues: readonly string[];
  readonly value: number;
  /** Of a sum: how many observations are in it, where that was said. */
  readonly count?: number;
  /** When it began to count, in seconds since the epoch, where that was said. */
  readonly createdSeconds?: number;
}

/** One foreign histogram. */
export interface ForeignHistogram {
  readonly labelNames: readonly string[];
  readonly labelValues: readonly string[];
  /** Finite upper bounds, ascending; none where there is only the bucket above all. */
  readonly bounds: readonly number[];
  /** Cumulative counts, one for each bound, and last the count of all. */
  readonly cumulative: readonly number[];
  readonly sum: number;
  /** As of a value. */
  readonly createdSeconds?: number;
}

/** A foreign family as it becomes ours. */
export type ForeignFamily =
  & {
    readonly name: string;
    readonly help: string;
    readonly unit: string;
    /** Which part it is of a metric that is several here; its name ends so. */
    readonly part?: "sum" | "count";
  }
  & (
    | {
      readonly type: "counter" | "gauge" | "info" | "state_set";
      readonly values: readonly ForeignValue[];
    }
    | { readonly type: "histogram"; readonly histograms: readonly ForeignHistogram[] }
  );

/** Something of a source that can't be taken over, as a sentence without the source's name. */
export type Problem = string;
