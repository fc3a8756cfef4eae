import type { ExemplarInput } from "./exemplars.ts";
import type { PendingCounts } from "./pending_counts.ts";

/** Where a series' first cell is, and its number in the layout. */
export interface CellPlace {
  readonly series: number;
  readonly page: Float64Array;
  readonly index: number;
}

/** What all series of a family share, so that a handle stays small. */
export interface MetricKind {
  /** The name to put into errors. */
  readonly metric: string;
  /** Of the shard that the cells are in. */
  readonly pending: PendingCounts;
  /** Milliseconds that never go back, for timers. */
  readonly nowMs: () => number;
  /** The wall clock in milliseconds since the epoch. */
  readonly wallMs: () => number;
  /** Keeps an exemplar of the cell at a place. */
  readonly keepExemplar: (
    page: Float64Array,
    index: number,
    exemplar: ExemplarInput,
    value: number,
  ) => void;
  /** The layout's number of the series that a place belongs to. */
  readonly seriesAt: (page: Float64Array, index: number) => number;
  /** Marks the sum of a series as one that may fall. */
  readonly setSumIsState: (series: number) => void;
  /** Hides a series, or shows it again. */
  readonly setHidden: (series: number, isHidden: boolean) => void;
  /** Notes that a series was set, whether or not its value changed; null where nobody asks. */
  readonly touch: ((series: number) => void) | null;
}
