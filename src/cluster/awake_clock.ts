/**
 * Time that this process was awake for. A process that was stopped, starved or suspended must not hold
 * the silence of that time against its peers, so no single step counts for more than `stepMsMax`.
 */
export class AwakeClock {
  readonly #stepMsMax: number;
  readonly #onAsleep: (ms: number) => void;
  #lastMs: number;
  #awakeMs = 0;
  #asleepMs = 0;

  /** Starts at 0 awake milliseconds. `onAsleep` is told what does not count. */
  constructor(startMs: number, stepMsMax: number, onAsleep: (ms: number) => void = () => {}) {
    this.#lastMs = startMs;
    this.#stepMsMax = stepMsMax;
    this.#onAsleep = onAsleep;
  }

  /** The awake time at `nowMs`, which must be asked for more often than every `stepMsMax`. */
  advance(nowMs: number): number {
    const step = Math.max(0, nowMs - this.#lastMs);
    this.#lastMs = Math.max(this.#lastMs, nowMs);
    this.#awakeMs += Math.min(step, this.#stepMsMax);
    const asleepMs = Math.max(0, step - this.#stepMsMax);
    this.#asleepMs += asleepMs;
    if (asleepMs > 0) this.#onAsleep(asleepMs);
    return this.#awakeMs;
  }

  /** Milliseconds that did not count. */
  get asleepMs(): number {
    return this.#asleepMs;
  }
}
