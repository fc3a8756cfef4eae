import {
  Counter as PromCounter,
  Histogram as PromHistogram,
  Registry as PromRegistry,
} from "prom-client";
import type { Counter } from "../src/metrics/counter.ts";
import { DEFAULT_BUCKETS, type Histogram } from "../src/metrics/histogram.ts";
import { Registry } from "../src/metrics/registry.ts";

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

/** A counter and a histogram with many label sets, in Muster and in prom-client alike. */
export class Workload {
  readonly muster: Registry;
  readonly promClient: PromRegistry = new PromRegistry();
  readonly #counters: Counter[] = [];
  readonly #histograms: Histogram[] = [];
  readonly #promCounters: PromCounter.Internal[] = [];
  readonly #promHistograms: PromHistogram.Internal<string>[] = [];
  readonly #random: Generator<number, never, undefined>;

  constructor(labelSets: number, seed: number = 1) {
    this.#random = randoms(seed);
    this.muster = new Registry({ seriesPerFamilyMax: labelSets });
    const counters = this.muster.counter({ ...COUNTER, labels: LABEL_NAMES });
    const histograms = this.muster.histogram({ ...HISTOGRAM, labels: LABEL_NAMES });
    const common = { labelNames: LABEL_NAMES, registers: [this.promClient] };
    const promCounters = new PromCounter({ ...COUNTER, ...common });
    const buckets = [...DEFAULT_BUCKETS];
    const promHistograms = new PromHistogram({ ...HISTOGRAM, ...common, buckets });
    for (let i = 0; i < labelSets; i++) {
      const labels = labelsOf(i);
      this.#counters.push(counters.labels(labels));
      this.#histograms.push(histograms.labels(labels));
      this.#promCounters.push(promCounters.labels(labels));
      this.#promHistograms.push(promHistograms.labels(labels));
    }
  }

  /** Changes the samples of every label set, or of every `step`th one, in both registries. */
  change(step: number = 1): void {
    for (let i = 0; i < this.#counters.length; i += step) {
      const count = 1 + Math.floor(this.#random.next().value * 1000);
      const seconds = this.#random.next().value * 12;
      this.#counters[i]!.inc(count);
      this.#promCounters[i]!.inc(count);
      this.#histograms[i]!.observe(seconds);
      this.#promHistograms[i]!.observe(seconds);
    }
  }
}

function labelsOf(i: number): Labels {
  return {
    method: i % 2 === 0 ? "GET" : "POST",
    route: `/api/v1/items/${i >> 4}`,
    status: String(200 + ((i >> 1) & 7)),
  };
}
