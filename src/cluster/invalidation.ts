import type { IncarnationId } from "./identity.ts";

/** One thing that every node's cache of a name is told to drop. */
export interface Invalidation {
  /** One entry, all entries that carry a tag, or all. */
  readonly kind: "key" | "tag" | "clear";
  /** The cache's name. */
  readonly cache: string;
  /** The key or tag; empty for `clear`. */
  readonly name: string;
}

/** What a node knows of one incarnation's log of invalidations. */
export interface LogRow {
  readonly incarnation: IncarnationId;
  /** How many invalidations of it the teller has taken in. */
  readonly position: number;
  /**
   * The log had no more than that so many milliseconds ago, rounded up; null where the teller never
   * heard. Counted from before the question whose answer brought it, so it holds whatever the way took.
   */
  readonly ageMs: number | null;
  /**
   * The incarnation tells no more of logs of the dead to which something came as late as so many
   * milliseconds ago, rounded down; null where it tells of all that it ever took in. Who has not heard
   * of it since then may have missed that for ever.
   */
  readonly forgottenAgeMs: number | null;
  /** Whether the teller knows that the incarnation is dead and adds nothing. */
  readonly isEnded: boolean;
}

/** A stretch of a log. */
export interface LogPart {
  readonly incarnation: IncarnationId;
  /** The first entry is the one after this position. */
  readonly after: number;
  readonly entries: readonly Invalidation[];
}

/** All that a message says of invalidations. */
export interface InvalidationNews {
  readonly rows: readonly LogRow[];
  readonly parts: readonly LogPart[];
}
