/** The types of both formats. What text 0.0.4 calls `untyped` is OpenMetrics' `unknown`. */
export type ParsedType =
  | "counter"
  | "gauge"
  | "histogram"
  | "gaugehistogram"
  | "summary"
  | "info"
  | "stateset"
  | "untyped";

/** What a sample is to its family. */
export type SampleRole = "value" | "bucket" | "quantile" | "sum" | "count" | "created";

/** An OpenMetrics exemplar: one observation, with labels that lead to its trace. */
export interface ParsedExemplar {
  readonly labelNames: readonly string[];
  readonly labelValues: readonly string[];
  readonly value: number;
  /** Seconds since the epoch, where it was told. */
  readonly timestampSeconds: number | null;
}

/** One line of an exposition. Its timestamp was checked and dropped. */
export interface ParsedSample {
  readonly role: SampleRole;
  /** Without the `le` of a bucket and the `quantile` of a quantile. */
  readonly labelNames: readonly string[];
  /** In the order of the names. */
  readonly labelValues: readonly string[];
  /** The upper bound of a bucket, or which quantile it is; NaN for other roles. */
  readonly threshold: number;
  readonly value: number;
  readonly exemplar: ParsedExemplar | null;
}

/** A family, with its samples in the order of the text. */
export interface ParsedFamily {
  /** As in its TYPE line, so an OpenMetrics counter is without its `_total`. */
  readonly name: string;
  readonly type: ParsedType;
  /** Empty where there was no HELP line. */
  readonly help: string;
  /** Empty where there was no UNIT line. */
  readonly unit: string;
  readonly samples: readonly ParsedSample[];
}

/** The formats that are read: text 0.0.4, and OpenMetrics 1.0. */
export type ParsedFormat = "text" | "openmetrics";

/** The role of each sample name that a family of a type may have, by the name's suffix. */
export type Suffixes = readonly (readonly [suffix: string, role: SampleRole])[];

const VALUE: Suffixes = [["", "value"]];
const CREATED = ["_created", "created"] as const;
const HISTOGRAM: Suffixes = [["_bucket", "bucket"], ["_sum", "sum"], ["_count", "count"]];
const SUMMARY: Suffixes = [["", "quantile"], ["_sum", "sum"], ["_count", "count"]];

const TEXT_SUFFIXES: Readonly<Partial<Record<ParsedType, Suffixes>>> = {
  counter: VALUE,
  gauge: VALUE,
  histogram: HISTOGRAM,
  summary: SUMMARY,
  untyped: VALUE,
};

const OPENMETRICS_SUFFIXES: Readonly<Record<ParsedType, Suffixes>> = {
  counter: [["_total", "value"], CREATED],
  gauge: VALUE,
  histogram: [...HISTOGRAM, CREATED],
  gaugehistogram: [["_bucket", "bucket"], ["_gsum", "sum"], ["_gcount", "count"]],
  summary: [...SUMMARY, CREATED],
  info: [["_info", "value"]],
  stateset: VALUE,
  untyped: VALUE,
};

/** The samples that a family may have, or undefined where the format does not know the type. */
export function suffixesOf(format: ParsedFormat, type: ParsedType): Suffixes | undefined {
  return (format === "text" ? TEXT_SUFFIXES : OPENMETRICS_SUFFIXES)[type];
}

/** The type that a TYPE line names, or undefined where the format has none of that name. */
export function typeNamed(format: ParsedFormat, name: string): ParsedType | undefined {
  const generic = format === "text" ? "untyped" : "unknown";
  if (name === generic) return "untyped";
  if (name === "untyped" || !Object.hasOwn(OPENMETRICS_SUFFIXES, name)) return undefined;
  const type = name as ParsedType;
  return suffixesOf(format, type) === undefined ? undefined : type;
}
