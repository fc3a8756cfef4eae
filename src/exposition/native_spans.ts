import type { BinCounts } from "../metrics/sketch.ts";

/** Neighbouring bins: how far from the end of the span before, or from index 0, and how many. */
export interface BinSpan {
  readonly offset: number;
  readonly length: number;
}

/** Bins as Prometheus's protobuf format has them. */
export interface BinSpans {
  readonly spans: readonly BinSpan[];
  /** Each count's difference from the one before; the first one's from 0. */
  readonly deltas: readonly number[];
}

/** Writes down bins as spans and deltas. */
export function spansOf({ indexes, counts }: BinCounts): BinSpans {
  const spans: { offset: number; length: number }[] = [];
  let end = 0;
  for (const index of indexes) {
    const last = spans.at(-1);
    if (last !== undefined && index === end) last.length++;
    else spans.push({ offset: index - end, length: 1 });
    end = index + 1;
  }
  return { spans, deltas: counts.map((count, i) => count - (counts[i - 1] ?? 0)) };
}
