import type { ParsedSample, SampleRole } from "../exposition/parser/parsed_family.ts";
import type { ForeignFamily, ForeignHistogram, ForeignValue } from "./foreign_family.ts";
import { seriesKey } from "./series_key.ts";

/** The samples of one role, each with the time of its series' `_created` if there is one. */
export function countersOf(
  samples: readonly ParsedSample[],
  role: SampleRole,
): readonly ForeignValue[] {
  const values = samples.filter((one) => one.role === role);
  const created = valuesByKey(samples, "created");
  if (created.size === 0) return values;
  return values.map((sample) => {
    const { labelNames, labelValues, value } = sample;
    const createdSeconds = created.get(seriesKey(sample));
    return {
      labelNames,
      labelValues,
      value,
      ...(createdSeconds === undefined ? {} : { createdSeconds }),
    };
  });
}

/** The sums, each also with the count that stands beside it. */
export function sumsOf(samples: readonly ParsedSample[]): readonly ForeignValue[] {
  const counts = valuesByKey(samples, "count");
  return countersOf(samples, "sum").map((sum) => {
    const count = counts.get(seriesKey(sum));
    return count === undefined ? sum : { ...sum, count };
  });
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

function valuesByKey(
  samples: readonly ParsedSample[],
  role: SampleRole,
): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const one of samples) if (one.role === role) values.set(seriesKey(one), one.value);
  return values;
}
