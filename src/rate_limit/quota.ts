/** What one policy says of a key. */
export interface PolicyState {
  /** The policy's name. */
  readonly policy: string;
  /** What may be consumed in a window; of a split limit, this node's share of it. */
  readonly limit: number;
  /** What may be consumed at once, after this. */
  readonly remaining: number;
  /** Milliseconds until everything may be consumed again, rounded up. */
  readonly resetMs: number;
  /** Milliseconds until what was refused would pass, rounded up; 0 if it was not; `Infinity`: never. */
  readonly retryAfterMs: number;
}

/**
 * One policy's arithmetic. Its state for a key are `width` cells of a row; time is in milliseconds since
 * the limiter began, and never goes back. {@linkcode offer} changes nothing, {@linkcode take} does, so
 * that a request that one of several policies refuses consumes from none.
 */
export interface Quota {
  readonly name: string;
  readonly width: number;
  /** Sets the time for all that follows. */
  advance(ms: number): void;
  /** Whether `cost` fits. */
  offer(cells: Float64Array, at: number, cost: number): boolean;
  /** Consumes what was offered last. */
  take(cells: Float64Array, at: number): void;
  /** Offers what is more than nothing, takes it if it fits, and measures: all in one step. */
  consume(cells: Float64Array, at: number, cost: number): boolean;
  /** Sets the four numbers below to what is left after the offer, which was taken or not. */
  measure(wasTaken: boolean): void;
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
  readonly retryAfterMs: number;
  /** Makes the cells those of a key that was never seen. */
  clear(cells: Float64Array, at: number): void;
  /** Milliseconds until the cells are as good as cleared. */
  msLeft(cells: Float64Array, at: number): number;
  /**
   * Changes what this node may admit. What shrinks shrinks at once; what grows is not there at once:
   * each policy says how it comes.
   */
  resize(limit: number, burst: number): void;
}

/** What is told to wait of more than this node's share, but not more than the limit: shares grow. */
export const SHARE_RETRY_MS = 1_000;

/** Milliseconds rounded up, but for what a float64 makes of whole ones. */
export function wholeMsUp(ms: number): number {
  return Math.ceil(ms - 1e-6);
}
