import { type Clock, sleep } from "../io/clock.ts";

/** How long work may hold the event loop at a time; a piece of work comes on top. */
const HOLD_MS_MAX = 2;

/**
 * Divides the event loop between long work and everything else. All that shares a pacer shares one
 * allowance: ten bodies that are written at once hold the loop no longer than one.
 */
export class Pacer {
  readonly #clock: Clock;
  #sinceMs = -Infinity;
  #pause: Promise<void> | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * To be asked before each piece of work: what to wait for first, or null to go on at once. The wait
   * is a turn of the event loop, since awaiting settled promises would starve timers and sockets.
   */
  turn(): Promise<void> | null {
    if (this.#pause === null && this.#clock.nowMs() - this.#sinceMs < HOLD_MS_MAX) return null;
    return this.pause();
  }

  /** Resolves after a turn of the event loop. */
  pause(): Promise<void> {
    this.#pause ??= sleep(this.#clock, 0).then(() => {
      this.#pause = null;
      this.#sinceMs = this.#clock.nowMs();
    });
    return this.#pause;
  }
}
