import type { Gauge as MusterGauge } from "../../metrics/gauge.ts";
import { Registry as Cells } from "../../metrics/registry.ts";
import { type Labels, Metric, type MetricConfig, registered } from "./metric.ts";
import { SeriesSet } from "./series.ts";
import type { Dec, Inc, Set, Value } from "./series_use.ts";

/** One series of a {@linkcode Gauge}. Throws a `RangeError` for what is not finite. */
export interface GaugeSeries extends Inc, Dec, Set, Value {}

/** A number that goes up and down, or one for each set of label values. */
export class Gauge extends Metric implements GaugeSeries {
  readonly #series: SeriesSet<MusterGauge, GaugeSeries>;

  private constructor(config: MetricConfig, cells: Cells) {
    const { name, help, labels = [] } = config;
    const made = labels.length > 0
      ? cells.gauge({ name, help, labels })
      : cells.gauge({ name, help });
    super(name, cells);
    this.#series = new SeriesSet<MusterGauge, GaugeSeries>(config, made, (gauge) => ({
      inc: (n) => gauge.inc(n),
      dec: (n) => gauge.dec(n),
      set: (n) => gauge.set(n),
      value: () => gauge.value,
    }));
  }

  /**
   * Makes a gauge.
   *
   * @throws {TypeError} if a name is not allowed or taken.
   */
  static with(config: MetricConfig): Gauge {
    return registered(new Gauge(config, new Cells()), config);
  }

  /** The gauge of these label values, made at 0 when it is new. Keep it where it is used often. */
  labels(labels: Labels): GaugeSeries {
    return this.#series.at(labels);
  }

  /** Adds `n`, 1 by default; for a gauge without labels. */
  inc(n?: number): void {
    this.#series.plain.inc(n);
  }

  /** Takes `n` away, 1 by default; for a gauge without labels. */
  dec(n?: number): void {
    this.#series.plain.dec(n);
  }

  /** Sets the value; for a gauge without labels. */
  set(n: number): void {
    this.#series.plain.set(n);
  }

  /** The value; for a gauge without labels. */
  value(): number {
    return this.#series.plain.value();
  }

  /** Shows the gauge of these label values no more. */
  remove(labels: Labels): boolean {
    return this.#series.remove(labels);
  }

  /** Removes the gauges of all label values. */
  clear(): void {
    this.#series.clear();
  }
}
