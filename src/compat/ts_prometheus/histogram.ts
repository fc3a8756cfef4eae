import { DEFAULT_BUCKETS, type Histogram as MusterHistogram } from "../../metrics/histogram.ts";
import { received } from "../../metrics/received.ts";
import { Registry as Cells } from "../../metrics/registry.ts";
import { ascending } from "./ascending.ts";
import { type Labels, Metric, type MetricConfig, registered } from "./metric.ts";
import { SeriesSet } from "./series.ts";
import type { Observe } from "./series_use.ts";

/** What a histogram is made with. */
export interface HistogramConfig extends MetricConfig {
  /** Upper bounds in any order, at least one of them finite. Default: those for durations in seconds, from 0.005 to 10. */
  readonly buckets?: readonly number[];
}

/** Observations counted in buckets, for each set of label values. */
export class Histogram extends Metric implements Observe {
  readonly #series: SeriesSet<MusterHistogram, Observe>;

  private constructor(config: HistogramConfig, cells: Cells) {
    const { name, help, labels = [] } = config;
    const buckets = finiteBounds(config);
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
   * @throws {TypeError} if a name is not allowed or taken, a bucket is no number, or none is finite.
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
function finiteBounds(config: HistogramConfig): readonly number[] {
  const { name } = config;
  const buckets = config.buckets ?? DEFAULT_BUCKETS;
  const bounds = ascending(buckets);
  if (bounds.length > 0 && bounds.at(-1) !== Infinity) return bounds;
  if (bounds.length > 1) return bounds.slice(0, -1);
  // No source of a node takes a histogram that is a count alone, and no quantile can be had of it.
  throw new TypeError(
    `Cannot register ${received(name)}: buckets must have a finite bound: received ` +
      `${received(buckets)}: for sum and count alone, use Summary.with({ quantiles: [] })`,
  );
}
