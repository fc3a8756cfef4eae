import type { ParsedFamily, ParsedSample } from "../exposition/parser/parsed_family.ts";
import type { ForeignHistogram, Problem } from "./foreign_family.ts";
import { seriesKey } from "./series_key.ts";

interface Group {
  readonly first: ParsedSample;
  readonly bounds: number[];
  readonly cumulative: number[];
  infinite: number | null;
  count: number | null;
  sum: number | null;
  created: number | null;
}

/** Samples that are grouped before the event loop may have its turn. */
const SAMPLES_PER_STEP = 2_000;

/**
 * Puts the samples of a histogram family together, series by series and in steps. One whose buckets do
 * not add up is left out and told of.
 */
export function* foreignHistograms(
  { name, samples }: ParsedFamily,
  problems: Problem[],
): Generator<void, readonly ForeignHistogram[], undefined> {
  const groups = yield* groupsOf(samples);
  const histograms: ForeignHistogram[] = [];
  for (const { first, bounds, cumulative, infinite, count, sum, created } of groups) {
    const total = infinite ?? count;
    if (total === null) {
      problems.push(`"${name}" has a histogram without a count`);
      continue;
    }
    cumulative.push(total);
    if (
      !cumulative.every((value, i) => value >= (i === 0 ? 0 : cumulative[i - 1]!)) ||
      total === Infinity
    ) {
      problems.push(`"${name}" has a histogram whose buckets do not ascend to its count`);
      continue;
    }
    const { labelNames, labelValues } = first;
    histograms.push({
      labelNames,
      labelValues,
      bounds,
      cumulative,
      sum: sum ?? 0,
      ...(created === null ? {} : { createdSeconds: created }),
    });
  }
  return histograms;
}

function* groupsOf(
  samples: readonly ParsedSample[],
): Generator<void, readonly Group[], undefined> {
  const groups = new Map<string, Group>();
  let last: Group | null = null;
  for (let i = 0; i < samples.length; i++) {
    if (i % SAMPLES_PER_STEP === 0) yield;
    const sample = samples[i]!;
    if (last === null || !isSameSeries(last.first, sample)) {
      const key = seriesKey(sample);
      let group = groups.get(key);
      if (group === undefined) {
        group = {
          first: sample,
          bounds: [],
          cumulative: [],
          infinite: null,
          count: null,
          sum: null,
          created: null,
        };
        groups.set(key, group);
      }
      last = group;
    }
    addTo(last, sample);
  }
  return [...groups.values()];
}

function addTo(group: Group, { role, threshold, value }: ParsedSample): void {
  if (role === "sum") group.sum = value;
  else if (role === "count") group.count = value;
  else if (role === "created") group.created = value;
  else if (role === "bucket" && threshold === Infinity) group.infinite = value;
  else if (role === "bucket" && threshold !== -Infinity) {
    group.bounds.push(threshold);
    group.cumulative.push(value);
  }
}

/** Whether the labels are the same in the same order, as neighbouring samples' mostly are. */
function isSameSeries(a: ParsedSample, b: ParsedSample): boolean {
  return isSame(a.labelValues, b.labelValues) && isSame(a.labelNames, b.labelNames);
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((text, i) => text === b[i]));
}
