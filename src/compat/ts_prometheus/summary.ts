import { systemClock } from "../../io/clock.ts";
import { received } from "../../metrics/received.ts";
import { Registry as Cells } from "../../metrics/registry.ts";
import type { Summary as MusterSummary } from "../../metrics/summary.ts";
import { ascending } from "./ascending.ts";
import { type Labels, Metric, type MetricConfig, registered } from "./metric.ts";
import { SeriesSet } from "./series.ts";
import type { Observe } from "./series_use.ts";

const AGE_BUCKETS_MAX = 100;
const QUANTILES: readonly number[] = [0.01, 0.05, 0.5, 0.95, 0.99];

/** What a summary is made with. */
export interface SummaryConfig extends MetricConfig {
  /** From 0 to 1, in any order. Default: 0.01, 0.05, 0.5, 0.95 and 0.99. */
  readonly quantiles?: readonly number[];
  /** How long a value counts for the quantiles, in milliseconds, above 0. Default: 600,000. */
  readonly maxAge?: number;
  /**
   * In how many steps that time moves on; 100 at most, more is taken as 100. (Never a number of values,
   * as it was in ts_prometheus alone.) Default: 5.
   */
  readonly ageBuckets?: number;
  /** Milliseconds that never go back. Default: this process's clock. */
  readonly nowMs?: () => number;
}

/** One series of a {@linkcode Summary}. */
export interface SummarySeries extends Observe {
  /** How many values were ever observed. */
  getCount(): number;
  /** The sum of all values ever observed. */
  getSum(): number;
}

/**
 * Observations as quantiles of a sliding window, within about 1 %, and count and sum for ever. It takes
 * a few kilobytes, however many values there are.
 */
export class Summary extends Metric implements SummarySeries {
  readonly #series: SeriesSet<MusterSummary, SummarySeries>;

  private constructor(config: SummaryConfig, cells: Cells) {
    const { name, help, labels = [], maxAge, ageBuckets } = config;
    const window = {
      quantiles: ascending(config.quantiles ?? QUANTILES),
      ...(maxAge === undefined ? {} : { maxAgeMs: maxAge }),
      ...(ageBuckets === undefined
        ? {}
        : { ageBuckets: ageBuckets > AGE_BUCKETS_MAX ? AGE_BUCKETS_MAX : ageBuckets }),
    };
    const made = labels.length > 0
      ? cells.summary({ name, help, labels, ...window })
      : cells.summary({ name, help, ...window });
    super(name, cells);
    this.#series = new SeriesSet<MusterSummary, SummarySeries>(config, made, (summary) => ({
      observe: (n) => summary.observe(n),
      getCount: () => summary.count,
      getSum: () => summary.sum,
    }));
  }

  /**
   * Makes a summary. The caller's quantiles are copied.
   *
   * @throws {TypeError} if a name, a quantile or an age is not allowed, or the name is taken.
   */
  static with(config: SummaryConfig): Summary {
    checkMaxAge(config);
    const cells = new Cells({ nowMs: config.nowMs ?? (() => systemClock.nowMs()) });
    return registered(new Summary(config, cells), config);
  }

  /** The summary of these label values, made empty when it is new. */
  labels(labels: Labels): SummarySeries {
    return this.#series.at(labels);
  }

  /** Takes a value in; for a summary without labels. */
  observe(n: number): void {
    this.#series.plain.observe(n);
  }

  /** See {@linkcode SummarySeries.getCount}; for a summary without labels. */
  getCount(): number {
    return this.#series.plain.getCount();
  }

  /** See {@linkcode SummarySeries.getSum}; for a summary without labels. */
  getSum(): number {
    return this.#series.plain.getSum();
  }

  /** Shows the summary of these label values no more. */
  remove(labels: Labels): boolean {
    return this.#series.remove(labels);
  }

  /** Removes the summaries of all label values. */
  clear(): void {
    this.#series.clear();
  }
}

/** Muster's registry would refuse it too, by the name that the option has there. */
function checkMaxAge({ name, maxAge = 1 }: SummaryConfig): void {
  if (maxAge > 0 && maxAge < Infinity) return;
  throw new TypeError(
    `Cannot register ${received(name)}: maxAge must be a finite number of milliseconds above 0: ` +
      `received ${received(maxAge)}`,
  );
}
