/** How a measurement's unit becomes a metric's. */
export type UnitConversion =
  | "ns_to_seconds"
  | "us_to_seconds"
  | "ms_to_seconds"
  | "percent_to_ratio"
  | "kibibytes_to_bytes";

/** By what a measurement is divided: dividing by 1,000 rounds once, multiplying by 0.001 twice. */
export const UNIT_DIVISORS: Readonly<Record<UnitConversion, number>> = {
  ns_to_seconds: 1_000_000_000,
  us_to_seconds: 1_000_000,
  ms_to_seconds: 1_000,
  percent_to_ratio: 100,
  kibibytes_to_bytes: 1 / 1_024,
};
