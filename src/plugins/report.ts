import type { Measurements, Metadata } from "../telemetry/bus.ts";

/** Sums up events until it is asked for the sum; knows no clock. */
export interface Report {
  /** The events that it sums up, by name without prefix. */
  readonly events: readonly string[];
  /** The event that carries the sum, by name without prefix. */
  readonly event: string;
  /** The sentence of the log line. */
  readonly sentence: string;
  /** Takes one of its events. */
  take(event: string, measurements: Measurements, metadata: Metadata): void;
  /** The sum since the last time; what can't be told is missing. */
  sum(): ReportSum;
}

/** What a report sums up to. */
export interface ReportSum {
  readonly measurements: Measurements;
  /** Whether nothing happened. */
  readonly isQuiet: boolean;
}

/** How many times something happened, by an event that may not carry it. */
export function countOf({ count }: Measurements): number {
  return amountOf(count ?? 1);
}

/** A number that can be added up; 0 for what is none. */
export function amountOf(value: number | undefined): number {
  return typeof value === "number" && value >= 0 && value < Infinity ? value : 0;
}
