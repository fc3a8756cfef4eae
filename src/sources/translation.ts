import type {
  ParsedFamily,
  ParsedFormat,
  ParsedSample,
} from "../exposition/parser/parsed_family.ts";
import { countersOf, sumsOf, totals } from "./foreign_counters.ts";
import type { ForeignFamily, ForeignValue, Problem } from "./foreign_family.ts";
import { foreignHistograms } from "./foreign_histograms.ts";

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
  switch (type) {
    case "counter": {
      const exposed = format === "openmetrics" ? `${name}_total` : name;
      return [{ name: exposed, help, unit, type, values: yield* countersOf(samples, "value") }];
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
        { name, help, unit, type: "gauge", values: quantilesOf(samples) },
        ...totals(family, yield* sumsOf(samples), yield* countersOf(samples, "count")),
      ];
    case "gaugehistogram":
      problems.push(`"${name}" is a gaugehistogram, which has no counterpart here`);
      return [];
  }
}

/** The quantiles that there are: NaN says that there was nothing to observe of late. */
function quantilesOf(samples: readonly ParsedSample[]): readonly ForeignValue[] {
  const known = samples.filter(({ role, value }) => role === "quantile" && !Number.isNaN(value));
  return known.map((sample) => ({
    labelNames: [...sample.labelNames, "quantile"],
    labelValues: [...sample.labelValues, String(sample.threshold)],
    value: sample.value,
  }));
}
