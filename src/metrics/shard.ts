import type { Layout } from "./layout.ts";
import type { PageStamps } from "./page_stamps.ts";

/**
 * The metrics of one incarnation, to read: its own process's, a copy of a peer's, or what a merge made.
 * Pages are shared, not copied: read them before the next await.
 */
export interface Shard {
  readonly layout: Layout;
  /** The version; raised by the owner at every round, so it is the owner's heartbeat too. */
  readonly seq: number;
  /** Published values, in pages of `PAGE_CELLS`. */
  readonly pages: readonly Float64Array[];
  /** When each cell last changed, in pages like `pages`; null where that was dropped. */
  readonly stamps: readonly PageStamps[] | null;
  /** Cells in use, holes included. */
  readonly cellCount: number;
}

/** A shard that peers are told of. */
export interface PublishedShard extends Shard {
  /** The layout's revision at `seq`: rows beyond it come with the next one. */
  readonly revision: number;
}
