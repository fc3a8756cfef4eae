/**
 * Time that this process was awake for. A process that was stopped, starved or suspended must not hold
 * the silence of that time against its peers, so no single step counts for more than `stepMsMax`.
 */
export class AwakeClock {
  readonly #stepMsMax: number;
  #lastMs: number;
  #awakeMs = 0;
  #asleepMs = 0;

  /** Starts at 0 awake milliseconds. */
  constructor(startMs: number, stepMsMax: number) {
    this.#lastMs = startMs;
    this.#stepMsMax = stepMsMax;
  }

  /** The awake time at `nowMs`, which must be asked for more often than every `stepMsMax`. */
  advance(nowMs: number): number {
    const step = Math.max(0, nowMs - this.#lastMs);
    this.#lastMs = Math.max(this.#lastMs, nowMs);
    this.#awakeMs += Math.min(step, this.#stepMsMax);
    this.#asleepMs += Math.max(0, step - this.#stepMsMax);
    return this.#awakeMs;
  }

  /** Milliseconds that did not count. */
  get asleepMs(): number {
    return this.#asleepMs;
  }
}
