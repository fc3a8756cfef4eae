import type { Measurements, Metadata } from "../telemetry/bus.ts";
import { DurationTally } from "./duration_tally.ts";
import { amountOf, countOf, type Report, type ReportSum } from "./report.ts";

/** Sums up validations: outcomes, percentiles, false positives, cache hits and rejections. */
export class ValidationReport implements Report {
  readonly event = "validation.report";
  readonly sentence = "Validations of the last minute.";
  readonly events: readonly string[] = [
    "validation.request",
    "validation.false_positive",
    "validation.cache_hit",
    "validation.cache_miss",
    "validation.rejection",
  ];
  #durations = new DurationTally();
  readonly #counts = new Map<string, number>();

  take(event: string, measurements: Measurements, { status }: Metadata): void {
    const count = countOf(measurements);
    this.#add(event, count);
    if (event !== "validation.request") return;
    if (status === "error") this.#add("errors", count);
    const { duration_ms: durationMs } = measurements;
    if (durationMs !== undefined) this.#durations.add(amountOf(durationMs));
  }

  sum(): ReportSum {
    const of = (name: string) => this.#counts.get(name) ?? 0;
    const requests = of("validation.request");
    const hits = of("validation.cache_hit");
    const lookups = hits + of("validation.cache_miss");
    const isQuiet = this.#counts.size === 0;
    const measurements = {
      requests,
      errors: of("errors"),
      rejections: of("validation.rejection"),
      ...known("p50_ms", this.#durations.quantile(0.5)),
      ...known("p95_ms", this.#durations.quantile(0.95)),
      ...known("p99_ms", this.#durations.quantile(0.99)),
      ...known("false_positive_ratio", ratio(of("validation.false_positive"), requests)),
      ...known("cache_hit_ratio", ratio(hits, lookups)),
    };
    this.#counts.clear();
    this.#durations = new DurationTally();
    return { measurements, isQuiet };
  }

  #add(name: string, count: number): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }
}

function ratio(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}

function known(name: string, value: number | undefined): Measurements {
  return value === undefined ? {} : { [name]: value };
}
