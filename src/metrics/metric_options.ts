import type { GaugeMerge } from "./family.ts";
import type { LabelValue } from "./label_values.ts";

/** What every metric is registered with. */
export interface MetricOptions {
  /** As it is exposed, such as `orders_total` or `request_duration_seconds`. */
  readonly name: string;
  /** One sentence on what is measured, and in which unit. */
  readonly help: string;
  /** A base unit such as `seconds` or `bytes`. Default: none. */
  readonly unit?: string;
}

/** What a metric with labels is registered with. */
export interface LabelledOptions<L extends string> extends MetricOptions {
  /** The names of its labels, at least one; each series has a value for each. */
  readonly labels: readonly L[];
  /**
   * All values that labels have, known beforehand: every combination is made at once, at 0, so that
   * its first increase is not missed. At most {@linkcode DECLARED_SERIES_MAX} combinations. Default:
   * none.
   */
  readonly values?: Readonly<Record<L, readonly LabelValue[]>>;
  /**
   * A series whose values have not changed for so many milliseconds, up to a quarter more, is removed.
   * A gauge that is set counts as changed even if to the same value. What is removed is not shown and
   * not sent again, but keeps its place among `seriesPerFamilyMax`, since it may come back and a counter
   * must then go on: label values that never come back need a rule that bounds them.
   *
   * Merged, the nodes that are alive decide, as for what is removed: a counter or histogram that all of
   * them that have it hid is hidden, whatever a node that ended had counted last. So choose a time that
   * is longer than a node may go without using a series that others use. Above 0. Default: never.
   */
  readonly idleTtlMs?: number;
}

/**
 * What a metric without labels is registered with: nothing of {@linkcode LabelledOptions}, or options
 * with labels that are wrong would be taken for those of a metric without.
 */
export interface PlainOptions extends MetricOptions {
  /** There are none. */
  readonly labels?: never;
  /** There are no labels to have values. */
  readonly values?: never;
  /** The one series is always shown. */
  readonly idleTtlMs?: never;
}

/** How many series {@linkcode LabelledOptions.values} may declare. */
export const DECLARED_SERIES_MAX = 1_000;

/** What a metric is registered with that is measured when somebody looks. */
export interface CollectOptions<M> {
  /**
   * Called right before values are published, once a heartbeat and at scrapes, to set this metric. If
   * it throws, the metric's series are hidden until it works again, and nothing else is affected. If it
   * gives a promise, what it sets is shown from the next time on; until its first is fulfilled, after
   * one is rejected, and when one takes more than 30 publications, the series are hidden. It is not
   * called again while its promise is pending. Default: the program sets it.
   */
  readonly collect?: (metric: M) => void | Promise<void>;
}

/** What a gauge is registered with besides. */
export interface GaugeOptions {
  /** How the gauges of many nodes become one. Default: `per_node`. */
  readonly merge?: GaugeMerge;
}

/** What a histogram is registered with besides. */
export interface HistogramOptions {
  /** Finite upper bounds, ascending. Default: `DEFAULT_BUCKETS`. */
  readonly buckets?: readonly number[];
}

/** What a native histogram is registered with besides. */
export interface NativeHistogramOptions {
  /**
   * How narrow the bins are at first, from -4 to 8: each bin's upper bound is `2^(2^-schema)` times its
   * lower one. Default: 3, which is 1.09 times.
   */
  readonly schema?: number;
  /** Bins of one series, from 1 on; beyond, later ones are twice as wide. Default: 160. */
  readonly binsMax?: number;
}

/** What a summary is registered with besides. */
export interface SummaryOptions {
  /** The quantiles to show, ascending, each from 0 to 1. Default: 0.5, 0.9, 0.95 and 0.99. */
  readonly quantiles?: readonly number[];
  /**
   * How far a quantile may be from the true one, as a share of it: from 0.00136 to 1. Default: 0.011,
   * which bins of schema 5 keep (1.08 %). It holds while the values of a series, ever since it was made,
   * span no more than twelve decades; beyond, it is twice as much.
   */
  readonly relativeError?: number;
  /** How long a value counts for the quantiles, in milliseconds. Default: 600,000. */
  readonly maxAgeMs?: number;
  /** In how many steps the window moves on, from 1 to 100. Default: 5. */
  readonly ageBuckets?: number;
}

/** What an info is registered with: facts as labels. */
export interface InfoOptions<L extends string> extends MetricOptions {
  /** The names of the facts, at least one. */
  readonly labels: readonly L[];
}

/** What a state set is registered with. */
export interface StateSetOptions<S extends string> extends MetricOptions {
  /** Every state, at least one. */
  readonly states: readonly S[];
}

/** What is changed of metrics when they are registered, as an operator wants it. */
export interface MetricRules {
  /** Names of metrics that are not kept at all; `*` stands for any characters. Default: none. */
  readonly drop?: readonly string[];
  /** Labels that no metric has: series that differ in nothing else are one. Default: none. */
  readonly dropLabels?: readonly string[];
  /** New names by old ones. Default: none. */
  readonly rename?: Readonly<Record<string, string>>;
}

/** What is changed of all metrics. */
export interface MetricChanges {
  /**
   * Labels that every series has, and their values. A metric that has one of them keeps its own. Default:
   * none.
   */
  readonly constantLabels?: Readonly<Record<string, string>>;
  /** What is changed of metrics when they are registered. Default: nothing. */
  readonly rules?: MetricRules;
}

/** The limits of a registry and what it is handed from outside. */
export interface RegistryOptions extends MetricChanges {
  /** Series in one family, label sets beyond it share one overflow series. Default: 10,000. */
  readonly seriesPerFamilyMax?: number;
  /** Cells in the shard; new label sets beyond it share their family's overflow series. Default: 2,000,000. */
  readonly cellsMax?: number;
  /**
   * The wall clock in milliseconds, for gauges merged as `latest`, exemplars, and when series were
   * made. Default: a clock that stands at 0; `createRegistry` hands in that of the system.
   */
  readonly wallMs?: () => number;
  /**
   * Milliseconds that never go back, for timers, summaries' windows and idle series. Default: a clock
   * that stands at 0, by which nothing can be timed; `createRegistry` hands in that of the system.
   */
  readonly nowMs?: () => number;
  /**
   * Called for each use of a label set that had no room; what it throws is dropped. Default: nobody is
   * told.
   */
  readonly onOverflow?: (family: string) => void;
  /** Called each time a `collect` throws, or its promise is rejected. Default: nobody is told. */
  readonly onCollectError?: (family: string, error: unknown) => void;
}
