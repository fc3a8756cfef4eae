import type { ParsedSample, SampleRole } from "../exposition/parser/parsed_family.ts";
import type { ForeignFamily, ForeignHistogram, ForeignValue } from "./foreign_family.ts";
import { seriesKey } from "./series_key.ts";

/** Samples that are looked at before the event loop may have its turn. */
const SAMPLES_PER_STEP = 2_000;

type Steps<T> = Generator<void, T, undefined>;

/** The samples of one role, in steps, each with the time of its series' `_created` if there is one. */
export function* countersOf(
  samples: readonly ParsedSample[],
  role: SampleRole,
): Steps<readonly ForeignValue[]> {
  const values = samples.filter((one) => one.role === role);
  const created = yield* valuesByKey(samples, "created");
  if (created.size === 0) return values;
  const counters: ForeignValue[] = [];
  for (const sample of values) {
    if (counters.length % SAMPLES_PER_STEP === 0) yield;
    const { labelNames, labelValues, value } = sample;
    const createdSeconds = created.get(seriesKey(sample));
    const counter = { labelNames, labelValues, value };
    counters.push(createdSeconds === undefined ? counter : { ...counter, createdSeconds });
  }
  return counters;
}

/** The sums, in steps, each also with the count that stands beside it. */
export function* sumsOf(samples: readonly ParsedSample[]): Steps<readonly ForeignValue[]> {
  const counts = yield* valuesByKey(samples, "count");
  const sums: ForeignValue[] = [];
  for (
    const { labelNames, labelValues, value, createdSeconds } of yield* countersOf(samples, "sum")
  ) {
    if (sums.length % SAMPLES_PER_STEP === 0) yield;
    const count = counts.get(seriesKey({ labelNames, labelValues }));
    sums.push({
      labelNames,
      labelValues,
      value,
      ...(count === undefined ? {} : { count }),
      ...(createdSeconds === undefined ? {} : { createdSeconds }),
    });
  }
  return sums;
}

/**
 * What histograms without any finite bound become, as native ones look in text. Any bound that they
 * were given would say how many values are below it, and nobody knows; their count and sum are known.
 */
export function totalsOfHistograms(
  family: ForeignFamily,
  histograms: readonly ForeignHistogram[],
): readonly ForeignFamily[] {
  const counts = histograms.map(({ cumulative, ...series }) => {
    return { ...series, value: cumulative.at(-1)! };
  });
  const sums = counts.map((series) => ({ ...series, value: series.sum, count: series.value }));
  return totals(family, sums, counts);
}

/** The counters that a metric's sums and counts become, where it can't be what it is. */
export function totals(
  { name, help, unit }: Pick<ForeignFamily, "name" | "help" | "unit">,
  sums: readonly ForeignValue[],
  counts: readonly ForeignValue[],
): readonly ForeignFamily[] {
  const type = "counter";
  return [
    { name: `${name}_sum`, help, unit, type, part: "sum", values: sums },
    { name: `${name}_count`, help, unit: "", type, part: "count", values: counts },
  ];
}

function* valuesByKey(
  samples: readonly ParsedSample[],
  role: SampleRole,
): Steps<ReadonlyMap<string, number>> {
  const values = new Map<string, number>();
  for (let i = 0; i < samples.length; i++) {
    if (i % SAMPLES_PER_STEP === 0) yield;
    const sample = samples[i]!;
    if (sample.role === role) values.set(seriesKey(sample), sample.value);
  }
  return values;
}
