import { DEFAULT_BUCKETS, type Histogram as MusterHistogram } from "../../metrics/histogram.ts";
import { Registry as Cells } from "../../metrics/registry.ts";
import { type Labels, Metric, type MetricConfig, registered } from "./metric.ts";
import { SeriesSet } from "./series.ts";

/** What a histogram is made with. */
export interface HistogramConfig extends MetricConfig {
  /** Upper bounds in any order. Default: those for durations in seconds, from 0.005 to 10. */
  readonly buckets?: readonly number[];
}

/** One series that takes observations. */
export interface Observe {
  /** Counts a value. Throws a `RangeError`, and counts nothing, if it is not finite. */
  observe(n: number): void;
}

/** Observations counted in buckets, for each set of label values. */
export class Histogram extends Metric implements Observe {
  readonly #series: SeriesSet<MusterHistogram, Observe>;

  private constructor(config: HistogramConfig, cells: Cells) {
    const { name, help, labels = [] } = config;
    const buckets = boundsOf(config.buckets ?? DEFAULT_BUCKETS);
    const made = labels.length > 0
      ? cells.histogram({ name, help, labels, buckets })
      : cells.histogram({ name, help, buckets });
    super(name, cells);
    this.#series = new SeriesSet<MusterHistogram, Observe>(config, made, (histogram) => ({
      observe: (n) => histogram.observe(n),
    }));
  }

  /**
   * Makes a histogram. The caller's buckets are copied.
   *
   * @throws {TypeError} if a name is not allowed or taken, or a bucket is no number.
   */
  static with(config: HistogramConfig): Histogram {
    return registered(new Histogram(config, new Cells()), config);
  }

  /** The histogram of these label values, made empty when it is new. */
  labels(labels: Labels): Observe {
    return this.#series.at(labels);
  }

  /** Counts a value; for a histogram without labels. */
  observe(n: number): void {
    this.#series.plain.observe(n);
  }

  /** Shows the histogram of these label values no more. Used again, it goes on from its counts. */
  remove(labels: Labels): boolean {
    return this.#series.remove(labels);
  }

  /** Removes the histograms of all label values. */
  clear(): void {
    this.#series.clear();
  }
}

/** Each bound once, ascending, without the one that is always there. */
function boundsOf(buckets: readonly number[]): readonly number[] {
  return [...new Set(buckets)].filter((bound) => bound !== Infinity).sort((a, b) => a - b);
}
