import { Counter as PromCounter, Histogram as PromHistogram } from "prom-client";
import type { Counter } from "../src/metrics/counter.ts";
import { DEFAULT_BUCKETS, type Histogram } from "../src/metrics/histogram.ts";
import type { OtelCounter, OtelHistogram } from "./open_telemetry.ts";
import { Registries } from "./registries.ts";

/** Samples of one label set: a counter, and a histogram's 12 buckets, sum and count. */
export const SAMPLES_PER_LABEL_SET = 15;

const LABEL_NAMES = ["method", "route", "status"] as const;
const COUNTER = { name: "http_requests_total", help: "Requests." };
const HISTOGRAM = { name: "http_request_duration_seconds", help: "How long requests took." };

type Labels = Readonly<Record<typeof LABEL_NAMES[number], string>>;

/** Pseudo-random numbers from 0 to 1, the same ones in every run. */
export function* randoms(seed: number): Generator<number, never, undefined> {
  let state = seed >>> 0;
  while (true) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** What a workload is made of. */
export interface WorkloadOptions {
  readonly labelSets: number;
  /** Default: 1. */
  readonly seed?: number;
  /** Whether OpenTelemetry counts too. Default: false. */
  readonly openTelemetry?: boolean;
}

/**
 * A counter and a histogram with many label sets, in Muster, in prom-client and, if wanted, in
 * OpenTelemetry alike. No sample is zero.
 */
export class Workload {
  readonly registries: Registries;
  readonly #openTelemetry: boolean;
  readonly #labels: Labels[] = [];
  readonly #counters: Counter[] = [];
  readonly #histograms: Histogram[] = [];
  readonly #promCounters: PromCounter.Internal[] = [];
  readonly #promHistograms: PromHistogram.Internal<string>[] = [];
  readonly #otelCounter: OtelCounter;
  readonly #otelHistogram: OtelHistogram;
  #musterOnly = false;
  readonly #random: Generator<number, never, undefined>;

  constructor({ labelSets, seed = 1, openTelemetry = false }: WorkloadOptions) {
    this.#random = randoms(seed);
    this.#openTelemetry = openTelemetry;
    this.registries = new Registries(labelSets);
    const { muster, promClient, openTelemetry: otel } = this.registries;
    const counters = muster.counter({ ...COUNTER, labels: LABEL_NAMES });
    const histograms = muster.histogram({ ...HISTOGRAM, labels: LABEL_NAMES });
    const common = { labelNames: LABEL_NAMES, registers: [promClient] };
    const promCounters = new PromCounter({ ...COUNTER, ...common });
    const buckets = [...DEFAULT_BUCKETS];
    const promHistograms = new PromHistogram({ ...HISTOGRAM, ...common, buckets });
    this.#otelCounter = otel.counter(COUNTER.name, COUNTER.help);
    this.#otelHistogram = otel.histogram(HISTOGRAM.name, HISTOGRAM.help, buckets);
    for (let i = 0; i < labelSets; i++) {
      const labels = labelsOf(i);
      this.#labels.push(labels);
      this.#counters.push(counters.labels(labels));
      this.#histograms.push(histograms.labels(labels));
      this.#promCounters.push(promCounters.labels(labels));
      this.#promHistograms.push(promHistograms.labels(labels));
    }
    this.changeCells();
  }

  /**
   * Changes each sample of every label set, or of every `step`th one, in all registries: a value in
   * the first bucket is counted by all of them.
   */
  change(step: number = 1): void {
    for (let i = 0; i < this.#counters.length; i += step) {
      this.#count(i);
      this.#observe(i, this.#next() * DEFAULT_BUCKETS[0]!);
    }
  }

  /** Like {@linkcode Workload.change}, with a value in every bucket, so that each cell changes. */
  changeCells(step: number = 1): void {
    for (let i = 0; i < this.#counters.length; i += step) {
      this.#count(i);
      for (const bound of DEFAULT_BUCKETS) this.#observe(i, bound * (0.6 + 0.4 * this.#next()));
      this.#observe(i, 10 + this.#next());
    }
  }

  /** Like {@linkcode Workload.changeCells} in Muster alone, from here on: the others stay behind. */
  changeMuster(): void {
    this.#musterOnly = true;
    this.changeCells();
  }

  /** Throws unless all registries show the same samples. */
  verify(): Promise<void> {
    return this.registries.verify(this.#openTelemetry);
  }

  #next(): number {
    return this.#random.next().value;
  }

  #count(i: number): void {
    const count = 1 + Math.floor(this.#next() * 1000);
    this.#counters[i]!.inc(count);
    if (this.#musterOnly) return;
    this.#promCounters[i]!.inc(count);
    if (this.#openTelemetry) this.#otelCounter.add(count, this.#labels[i]!);
  }

  #observe(i: number, seconds: number): void {
    this.#histograms[i]!.observe(seconds);
    if (this.#musterOnly) return;
    this.#promHistograms[i]!.observe(seconds);
    if (this.#openTelemetry) this.#otelHistogram.record(seconds, this.#labels[i]!);
  }
}

function labelsOf(i: number): Labels {
  return {
    method: i % 2 === 0 ? "GET" : "POST",
    route: `/api/v1/items/${i >> 4}`,
    status: String(200 + ((i >> 1) & 7)),
  };
}
