import { assertEquals } from "@std/assert";
import { Counter as PromCounter, Histogram as PromHistogram } from "prom-client";
import { DEFAULT_BUCKETS } from "../src/metrics/histogram.ts";
import { OPEN_TELEMETRY, PROM_CLIENT, timesLess, within } from "./bars.ts";
import type { Comparison } from "./comparison.ts";
import { Registries } from "./registries.ts";
import { randoms } from "./workload.ts";

const OPERATIONS = 100_000;
const RUN = { unit: "ns", operations: OPERATIONS, runs: 61, warmups: 15 } as const;
const BARE_ADDITION = "a bare slab[i] += 1";
const BARE_HANDLE = "a bare page[index] += 1 of kept objects";
const TWO_MAPS = "two nested Maps, then slab[i] += 1";
const COUNTED_MAPS = "the same, and for…in to count the labels";
const NO_HANDLES = "OpenTelemetry has no handles: it is given the same labels object each time.";

/** What an application does all the time. Each loop stands for itself, or V8 would share what it learns. */
export function hotPath(): Comparison[] {
  return [boundIncrement(1), boundIncrement(16), labelledIncrement(), boundObservation()];
}

/** With one counter, each addition waits for the one before to be stored; several don't. */
function boundIncrement(counters: 1 | 16): Comparison {
  const registries = new Registries();
  const family = registries.muster.counter({ name: "c_total", help: "C.", labels: ["a"] });
  const registers = [registries.promClient];
  const promFamily = new PromCounter({ name: "c_total", help: "C.", labelNames: ["a"], registers });
  const otel = registries.openTelemetry.counter("c_total", "C.");
  const labels = Array.from({ length: counters }, (_, i) => ({ a: `x${i}` }));
  const handles = labels.map((set) => family.labels(set));
  const promHandles = labels.map((set) => promFamily.labels(set));
  const slab = new Float64Array(1024);
  const places = labels.map((_, i) => i * 8);
  const objects = places.map((index) => ({ page: slab, index }));
  const mask = counters - 1;
  return {
    ...RUN,
    title: counters === 1
      ? "`inc` of one counter, handle kept"
      : `\`inc\` of ${counters} counters by turns, handles kept`,
    note: `${NO_HANDLES} A handle counts in a whole number of its own; the bare additions are to ` +
      "cells of float64, where each waits for the one before to the same cell.",
    contenders: [
      {
        name: "Muster",
        run: () => {
          for (let i = 0; i < OPERATIONS; i++) handles[i & mask]!.inc();
        },
      },
      {
        name: PROM_CLIENT,
        run: () => {
          for (let i = 0; i < OPERATIONS; i++) promHandles[i & mask]!.inc();
        },
      },
      {
        name: OPEN_TELEMETRY,
        run: () => {
          for (let i = 0; i < OPERATIONS; i++) otel.add(1, labels[i & mask]!);
        },
      },
      {
        name: BARE_ADDITION,
        run: () => {
          for (let i = 0; i < OPERATIONS; i++) slab[places[i & mask]!]! += 1;
        },
      },
      {
        name: BARE_HANDLE,
        run: () => {
          for (let i = 0; i < OPERATIONS; i++) {
            const { page, index } = objects[i & mask]!;
            page[index]! += 1;
          }
        },
      },
    ],
    bars: [timesLess(18), within(1.5, BARE_ADDITION)],
    verify: async () => {
      labels.forEach((set, i) => {
        handles[i]!.inc();
        promHandles[i]!.inc();
        otel.add(1, set);
      });
      await registries.verify();
    },
  };
}

function labelledIncrement(): Comparison {
  const registries = new Registries();
  const labels = Array.from({ length: 100 }, (_, i) => ({
    method: `method-${i % 10}`,
    status: `status-${Math.floor(i / 10)}`,
  }));
  const names = ["method", "status"] as const;
  const family = registries.muster.counter({ name: "c_total", help: "C.", labels: names });
  const registers = [registries.promClient];
  const promFamily = new PromCounter({ name: "c_total", help: "C.", labelNames: names, registers });
  const otel = registries.openTelemetry.counter("c_total", "C.");
  const slab = new Float64Array(1024);
  const byMethod = new Map<string, Map<string, number>>();
  labels.forEach(({ method, status }, i) => {
    byMethod.getOrInsertComputed(method, () => new Map<string, number>()).set(status, i);
  });
  return {
    ...RUN,
    title: "`inc` with two labels, 100 combinations",
    note:
      "Muster throws for a label that was not declared, also where the others name a series that " +
      "is there: it has to count the labels.",
    contenders: [
      {
        name: "Muster",
        run: () => {
          for (let i = 0; i < OPERATIONS; i++) family.inc(labels[i % 100]!);
        },
      },
      {
        name: PROM_CLIENT,
        run: () => {
          for (let i = 0; i < OPERATIONS; i++) promFamily.inc(labels[i % 100]!);
        },
      },
      {
        name: OPEN_TELEMETRY,
        run: () => {
          for (let i = 0; i < OPERATIONS; i++) otel.add(1, labels[i % 100]!);
        },
      },
      {
        name: TWO_MAPS,
        run: () => {
          for (let i = 0; i < OPERATIONS; i++) {
            const { method, status } = labels[i % 100]!;
            slab[byMethod.get(method)!.get(status)!]! += 1;
          }
        },
      },
      {
        name: COUNTED_MAPS,
        run: () => {
          for (let i = 0; i < OPERATIONS; i++) {
            const set = labels[i % 100]!;
            const { method, status } = set;
            let count = 0;
            for (const _ in set) count++;
            if (count === 2) slab[byMethod.get(method)!.get(status)!]! += 1;
          }
        },
      },
    ],
    bars: [timesLess(9), within(1.5, TWO_MAPS)],
    verify: async () => {
      labels.forEach((set, i) => {
        family.inc(set, i);
        promFamily.inc(set, i);
        otel.add(i, set);
        slab[byMethod.get(set.method)!.get(set.status)!]! += i;
      });
      await registries.verify();
      const totals = labels.map((set) => family.labels(set).value);
      assertEquals([...slab.subarray(0, labels.length)], totals);
    },
  };
}

function boundObservation(): Comparison {
  const random = randoms(7);
  const values = Array.from({ length: 1000 }, () => random.next().value * 12);
  const buckets = [...DEFAULT_BUCKETS];
  const registries = new Registries();
  const labels = { a: "x" };
  const family = registries.muster.histogram({ name: "h", help: "H.", labels: ["a"], buckets });
  const histogram = family.labels(labels);
  const registers = [registries.promClient];
  const promFamily = new PromHistogram({
    name: "h",
    help: "H.",
    labelNames: ["a"],
    buckets,
    registers,
  });
  const promHistogram = promFamily.labels(labels);
  const otel = registries.openTelemetry.histogram("h", "H.", buckets);
  return {
    ...RUN,
    title: "`observe`, 11 buckets, handle kept",
    note: NO_HANDLES,
    contenders: [
      {
        name: "Muster",
        run: () => {
          for (let i = 0; i < OPERATIONS; i++) histogram.observe(values[i % 1000]!);
        },
      },
      {
        name: PROM_CLIENT,
        run: () => {
          for (let i = 0; i < OPERATIONS; i++) promHistogram.observe(values[i % 1000]!);
        },
      },
      {
        name: OPEN_TELEMETRY,
        run: () => {
          for (let i = 0; i < OPERATIONS; i++) otel.record(values[i % 1000]!, labels);
        },
      },
    ],
    bars: [timesLess(12)],
    verify: async () => {
      for (const value of values) {
        histogram.observe(value);
        promHistogram.observe(value);
        otel.record(value, labels);
      }
      await registries.verify();
    },
  };
}
