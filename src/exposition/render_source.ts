import type { Exemplar } from "../metrics/exemplars.ts";
import type { Layout } from "../metrics/layout.ts";

/** What is rendered: a node's own shard, or what a merge made. */
export interface RenderSource {
  readonly layout: Layout;
  /** Values in pages of `PAGE_CELLS`; a page that is not there yet reads as zeros. */
  readonly pages: readonly Float64Array[];
  /** For each series 0 if it is hidden. Default: all are shown that the layout does not hide. */
  readonly shown?: Uint8Array;
  /** How many of the layout's families are rendered. Default: all. */
  readonly familyCount?: number;
  /** When a series was made, in milliseconds since the epoch. Default: what the layout says. */
  readonly createdMsOf?: (series: number) => number | null;
  /** By cell, the exemplars of counters, buckets and bins. Default: there are none. */
  readonly exemplars?: ExemplarSource;
}

/** Where exemplars are looked up. */
export interface ExemplarSource {
  readonly size: number;
  get(cell: number): Exemplar | undefined;
}

/** Whether a series is to be rendered. */
export function isShown({ layout, shown }: RenderSource, series: number): boolean {
  // A series beyond the list is younger than what is shown.
  if (shown !== undefined) return (shown[series] ?? 0) !== 0;
  return layout.hidden.size === 0 || !layout.isHidden(series);
}

/** When a series was made, in milliseconds since the epoch; null if nobody said. */
export function createdMsOf(source: RenderSource, series: number): number | null {
  const { layout, createdMsOf } = source;
  return createdMsOf === undefined ? layout.createdMsOf(series) : createdMsOf(series);
}
