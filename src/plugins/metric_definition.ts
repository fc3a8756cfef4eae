import type { GaugeMerge } from "../metrics/family.ts";
import type { LabelValue } from "../metrics/label_values.ts";

/** What every metric of a plugin says of itself. */
export interface DefinitionBase {
  /** One sentence on what is measured, and in which unit. */
  readonly help: string;
  /** The group by which an operator may drop it, such as `payments`. */
  readonly group: string;
  /** The names of its labels. Default: none. */
  readonly labels?: readonly string[];
  /** A base unit such as `seconds`, with which the name must end then. Default: none. */
  readonly unit?: string;
  /**
   * All values of its labels, where they are known beforehand: those series are there from the start.
   * Default: none.
   */
  readonly values?: Readonly<Record<string, readonly LabelValue[]>>;
  /**
   * A series that has not changed for so many milliseconds is removed. Merged, the living decide, as in
   * `LabelledOptions.idleTtlMs`. Default: never.
   */
  readonly idleTtlMs?: number;
}

/** A metric that only grows. */
export interface CounterDefinition extends DefinitionBase {
  /** Tells it from the other kinds. */
  readonly kind: "counter";
}

/** A metric that goes up and down. */
export interface GaugeDefinition extends DefinitionBase {
  /** Tells it from the other kinds. */
  readonly kind: "gauge";
  /** How the gauges of many nodes become one. Default: `per_node`. */
  readonly merge?: GaugeMerge;
}

/** Observations in buckets. */
export interface HistogramDefinition extends DefinitionBase {
  /** Tells it from the other kinds. */
  readonly kind: "histogram";
  /** Finite upper bounds, ascending, in the metric's unit. */
  readonly buckets: readonly number[];
}

/** Observations in exponential bins. */
export interface NativeHistogramDefinition extends DefinitionBase {
  /** Tells it from the other kinds. */
  readonly kind: "native_histogram";
}

/** Observations whose quantiles, of a sliding window, are right when merged too. */
export interface SummaryDefinition extends DefinitionBase {
  /** Tells it from the other kinds. */
  readonly kind: "summary";
  /** The quantiles to show, ascending. Default: 0.5, 0.9, 0.95 and 0.99. */
  readonly quantiles?: readonly number[];
  /** How long a value counts for the quantiles, in milliseconds. Default: 600,000. */
  readonly maxAgeMs?: number;
}

/** Facts as labels; the name ends in `.info`. */
export interface InfoDefinition extends DefinitionBase {
  /** Tells it from the other kinds. */
  readonly kind: "info";
  /** The names of the facts. */
  readonly labels: readonly string[];
}

/** Every kind that a {@linkcode MetricDefinition} may be of. */
export const METRIC_KINDS: readonly MetricDefinition["kind"][] = [
  "counter",
  "gauge",
  "histogram",
  "native_histogram",
  "summary",
  "info",
];

/** One metric of a plugin, as data. */
export type MetricDefinition =
  | CounterDefinition
  | GaugeDefinition
  | HistogramDefinition
  | NativeHistogramDefinition
  | SummaryDefinition
  | InfoDefinition;
