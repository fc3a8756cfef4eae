import type {
  ParsedFamily,
  ParsedFormat,
  ParsedSample,
} from "../exposition/parser/parsed_family.ts";
import type { ForeignFamily, ForeignValue, Problem } from "./foreign_family.ts";
import { foreignHistograms } from "./foreign_histograms.ts";
import { seriesKey } from "./series_key.ts";

/**
 * What a parsed family becomes here, worked out in steps. A summary becomes two counters and, as
 * quantiles can't be merged, a gauge of each node's own; what has no type becomes a gauge. A gauge
 * histogram becomes nothing.
 */
export function* translate(
  family: ParsedFamily,
  format: ParsedFormat,
  problems: Problem[],
): Generator<void, readonly ForeignFamily[], undefined> {
  const { name, help, unit, samples, type } = family;
  const valuesOf = (role: ParsedSample["role"]) => samples.filter((one) => one.role === role);
  switch (type) {
    case "counter": {
      const exposed = format === "openmetrics" ? `${name}_total` : name;
      return [{ name: exposed, help, unit, type, values: valuesOf("value") }];
    }
    case "gauge":
    case "untyped":
      return [{ name, help, unit, type: "gauge", values: samples }];
    case "stateset":
      return [{ name, help, unit, type: "state_set", values: samples }];
    case "info":
      return [{ name: `${name}_info`, help, unit, type, values: samples }];
    case "histogram":
      return [{
        name,
        help,
        unit,
        type,
        histograms: yield* foreignHistograms(family, problems),
      }];
    case "summary":
      return [
        { name, help, unit, type: "gauge", values: valuesOf("quantile").map(withQuantile) },
        { name: `${name}_sum`, help, unit, type: "counter", values: sumsOf(samples) },
        { name: `${name}_count`, help, unit: "", type: "counter", values: valuesOf("count") },
      ];
    case "gaugehistogram":
      problems.push(`"${name}" is a gaugehistogram, which has no counterpart here`);
      return [];
  }
}

/** The sums, each with the count that stands beside it. */
function sumsOf(samples: readonly ParsedSample[]): readonly ForeignValue[] {
  const counts = new Map<string, number>();
  for (const one of samples) if (one.role === "count") counts.set(seriesKey(one), one.value);
  return samples.filter(({ role }) => role === "sum").map((sum) => {
    const { labelNames, labelValues, value } = sum;
    const count = counts.get(seriesKey(sum));
    return { labelNames, labelValues, value, ...(count === undefined ? {} : { count }) };
  });
}

function withQuantile(sample: ParsedSample): ForeignValue {
  return {
    labelNames: [...sample.labelNames, "quantile"],
    labelValues: [...sample.labelValues, String(sample.threshold)],
    value: sample.value,
  };
}
