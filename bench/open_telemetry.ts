import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { AggregationTemporality, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";

type Meter = ReturnType<MeterProvider["getMeter"]>;
/** OpenTelemetry's counter. */
export type OtelCounter = ReturnType<Meter["createCounter"]>;
/** OpenTelemetry's histogram. */
export type OtelHistogram = ReturnType<Meter["createHistogram"]>;

class PullReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** OpenTelemetry's SDK as a process uses it that is scraped: totals, and a reader that pulls. */
export class OpenTelemetry {
  readonly #reader = new PullReader({
    aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE,
    cardinalitySelector: () => 100_000,
  });
  readonly #meter = new MeterProvider({ readers: [this.#reader] }).getMeter("bench");
  // Without the lines and labels that say who counted, which the others do not have either.
  readonly #serializer = new PrometheusSerializer("", false, undefined, true, true);

  counter(name: string, help: string): OtelCounter {
    return this.#meter.createCounter(name, { description: help });
  }

  histogram(name: string, help: string, buckets: readonly number[]): OtelHistogram {
    return this.#meter.createHistogram(name, {
      description: help,
      advice: { explicitBucketBoundaries: [...buckets] },
    });
  }

  /** The exposition, as a string. */
  async metrics(): Promise<string> {
    const { resourceMetrics } = await this.#reader.collect();
    return this.#serializer.serialize(resourceMetrics);
  }
}
