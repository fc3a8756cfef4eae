/** Why a store gave no answer. */
export type StoreError = "timeout" | "failed" | "busy";

/** Answers that must be missing one after another before a store is out. */
const OUT_AFTER = 3;
/** Between two tries of a store that is out. */
const TRY_EVERY_MS = 100;
/** Requests that may wait for a store at a time. */
const WAITING_MAX = 1_000;

/** What became of the store with this answer. */
export type HealthChange = "went_out" | "came_back" | null;

/**
 * Whether a store is worth asking. One that has failed several times in a row is asked by one request at
 * a time, so that nobody else waits for it, until it answers.
 */
export class StoreHealth {
  /** Answers that did not come, by cause. */
  readonly errors: Record<StoreError, number> = { timeout: 0, failed: 0, busy: 0 };
  #failures = 0;
  #waiting = 0;
  #triedAtMs = -Infinity;

  get isOut(): boolean {
    return this.#failures >= OUT_AFTER;
  }

  /** Whether a request may ask the store now. Then {@linkcode answered} or {@linkcode failed} follows. */
  mayAsk(nowMs: number): boolean {
    if (this.isOut) {
      if (this.#waiting > 0 || nowMs - this.#triedAtMs < TRY_EVERY_MS) return false;
      this.#triedAtMs = nowMs;
    } else if (this.#waiting >= WAITING_MAX) {
      this.errors.busy++;
      return false;
    }
    this.#waiting++;
    return true;
  }

  /** The store answered. */
  answered(): HealthChange {
    this.#waiting--;
    const wasOut = this.isOut;
    this.#failures = 0;
    return wasOut ? "came_back" : null;
  }

  /** The store did not answer. */
  failed(error: StoreError): HealthChange {
    this.#waiting--;
    this.errors[error]++;
    this.#failures++;
    return this.#failures === OUT_AFTER ? "went_out" : null;
  }
}
