import type { Clock } from "../../src/io/clock.ts";

/** The clock of one simulated process: it may be off, and the process may be stopped for a while. */
export class NodeClock implements Clock {
  readonly #base: Clock;
  #offsetMs: number;
  #stoppedUntilMs = -Infinity;
  #isEnded = false;

  /** `offsetMs` is how far this machine's clock is ahead of `base`. */
  constructor(base: Clock, offsetMs: number) {
    this.#base = base;
    this.#offsetMs = offsetMs;
  }

  nowMs(): number {
    return this.#base.nowMs() + this.#offsetMs;
  }

  wallMs(): number {
    return this.#base.wallMs() + this.#offsetMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    let cancel = this.#base.after(delayMs, () => {
      cancel = this.whenRunning(callback);
    });
    return () => cancel();
  }

  /** Stops the process for `ms`, as SIGSTOP does: time goes on, and nothing of it runs. */
  stop(ms: number): void {
    this.#stoppedUntilMs = this.#base.nowMs() + ms;
  }

  /** Lets the machine's clock show a later time, as after it was suspended. */
  jump(ms: number): void {
    this.#offsetMs += ms;
  }

  /** Ends the process: nothing of it ever runs again. */
  end(): void {
    this.#isEnded = true;
  }

  /** Calls `callback` at once, or when the process goes on. */
  whenRunning(callback: () => void): () => void {
    if (this.#isEnded) return () => {};
    const leftMs = this.#stoppedUntilMs - this.#base.nowMs();
    if (leftMs > 0) return this.#base.after(leftMs, () => this.whenRunning(callback));
    callback();
    return () => {};
  }
}
