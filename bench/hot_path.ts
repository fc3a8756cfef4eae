import { assertEquals } from "@std/assert";
import {
  Counter as PromCounter,
  Histogram as PromHistogram,
  Registry as PromRegistry,
} from "prom-client";
import { DEFAULT_BUCKETS } from "../src/metrics/histogram.ts";
import { Registry } from "../src/metrics/registry.ts";
import type { Comparison } from "./comparison.ts";
import { randoms } from "./workload.ts";

const RUN = { unit: "ns", operations: 200_000, runs: 21, warmups: 5 } as const;

/** What an application does all the time. */
export function hotPath(): Comparison[] {
  return [boundIncrement(), labelledIncrement(), boundObservation()];
}

function boundIncrement(): Comparison {
  const ours = new Registry().counter({ name: "c_total", help: "C.", labels: ["a"] });
  const theirs = new PromCounter({ ...named("c_total"), labelNames: ["a"] });
  const [counter, promCounter] = [ours.labels({ a: "x" }), theirs.labels({ a: "x" })];
  return {
    ...RUN,
    title: "counter.inc(), handle kept",
    muster: {
      run: () => {
        for (let i = 0; i < RUN.operations; i++) counter.inc();
      },
    },
    promClient: {
      run: () => {
        for (let i = 0; i < RUN.operations; i++) promCounter.inc();
      },
    },
    verify: async () => {
      counter.inc();
      promCounter.inc();
      assertEquals((await theirs.get()).values.map(({ value }) => value), [counter.value]);
    },
  };
}

function labelledIncrement(): Comparison {
  const labels = Array.from({ length: 100 }, (_, i) => ({
    method: `method-${i % 10}`,
    status: `status-${Math.floor(i / 10)}`,
  }));
  const ours = new Registry().counter({
    name: "c_total",
    help: "C.",
    labels: ["method", "status"],
  });
  const theirs = new PromCounter({ ...named("c_total"), labelNames: ["method", "status"] });
  return {
    ...RUN,
    title: "counter.inc({ 2 labels }), 100 combinations",
    muster: {
      run: () => {
        for (let i = 0; i < RUN.operations; i++) ours.inc(labels[i % 100]!);
      },
    },
    promClient: {
      run: () => {
        for (let i = 0; i < RUN.operations; i++) theirs.inc(labels[i % 100]!);
      },
    },
    verify: async () => {
      labels.forEach((set, i) => {
        ours.inc(set, i);
        theirs.inc(set, i);
      });
      const values = (await theirs.get()).values.map(({ value }) => value);
      assertEquals(values, labels.map((set) => ours.labels(set).value));
    },
  };
}

function boundObservation(): Comparison {
  const random = randoms(7);
  const values = Array.from({ length: 1000 }, () => random.next().value * 12);
  const buckets = [...DEFAULT_BUCKETS];
  const ours = new Registry().histogram({ name: "h", help: "H.", labels: ["a"], buckets });
  const theirs = new PromHistogram({ ...named("h"), labelNames: ["a"], buckets });
  const [histogram, promHistogram] = [ours.labels({ a: "x" }), theirs.labels({ a: "x" })];
  return {
    ...RUN,
    title: "histogram.observe(), 11 buckets, handle kept",
    muster: {
      run: () => {
        for (let i = 0; i < RUN.operations; i++) histogram.observe(values[i % 1000]!);
      },
    },
    promClient: {
      run: () => {
        for (let i = 0; i < RUN.operations; i++) promHistogram.observe(values[i % 1000]!);
      },
    },
    verify: async () => {
      for (const value of values) {
        histogram.observe(value);
        promHistogram.observe(value);
      }
      const samples = (await theirs.get()).values;
      const of = (suffix: string) => samples.find(({ metricName }) => metricName === suffix)!.value;
      assertEquals([of("h_count"), of("h_sum")], [histogram.count, histogram.sum]);
    },
  };
}

function named(name: string): { name: string; help: string; registers: PromRegistry[] } {
  return { name, help: "Help.", registers: [new PromRegistry()] };
}
