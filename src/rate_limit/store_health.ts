/** Why a store gave no answer. */
export type StoreError = "timeout" | "failed" | "busy";

/** Answers that must be missing one after another before a store is out. */
const OUT_AFTER = 3;
/** Between two tries of a store that is out. */
const TRY_EVERY_MS = 100;
/** Requests that may wait for a store at a time. */
export const WAITING_MAX = 10_000;
/** Without a failure for so long, an outage is over. */
const QUIET_MS = 1_000;

/** What became of the store with this answer, to be told. */
export type HealthChange = "went_out" | "came_back" | null;

/**
 * Whether a store is worth asking. One that has failed several times in a row is asked by one request at
 * a time, so that nobody else waits for it, until it answers. What is told of it is steadier: one that
 * answers some requests and fails others is out once, and back when it fails none any more.
 */
export class StoreHealth {
  /** Answers that did not come, by cause. */
  readonly errors: Record<StoreError, number> = { timeout: 0, failed: 0, busy: 0 };
  #failuresInRow = 0;
  #waiting = 0;
  #triedAtMs = -Infinity;
  /** Failures since it was last quiet. */
  #failures = 0;
  #failedAtMs = -Infinity;
  #isToldOut = false;

  get isOut(): boolean {
    return this.#failuresInRow >= OUT_AFTER;
  }

  /** Whether a request has to do without the store since too many wait for it; then {@linkcode busy} follows. */
  get isBusy(): boolean {
    return !this.isOut && this.#waiting >= WAITING_MAX;
  }

  /** Whether a request may ask the store now. Then {@linkcode answered} or {@linkcode failed} follows. */
  mayAsk(nowMs: number): boolean {
    if (this.isOut) {
      if (this.#waiting > 0 || nowMs - this.#triedAtMs < TRY_EVERY_MS) return false;
      this.#triedAtMs = nowMs;
    } else if (this.isBusy) return false;
    this.#waiting++;
    return true;
  }

  /** The store answered. */
  answered(nowMs: number): HealthChange {
    this.#waiting--;
    this.#failuresInRow = 0;
    if (!this.#isToldOut || nowMs - this.#failedAtMs < QUIET_MS) return null;
    this.#isToldOut = false;
    return "came_back";
  }

  /** The store did not answer. */
  failed(error: "timeout" | "failed", nowMs: number): HealthChange {
    this.#waiting--;
    this.#failuresInRow++;
    return this.#count(error, nowMs);
  }

  /** A request did without the store since too many wait for it. */
  busy(nowMs: number): HealthChange {
    return this.#count("busy", nowMs);
  }

  #count(error: StoreError, nowMs: number): HealthChange {
    this.errors[error]++;
    if (nowMs - this.#failedAtMs >= QUIET_MS) this.#failures = 0;
    this.#failedAtMs = nowMs;
    this.#failures++;
    if (this.#isToldOut || this.#failures < OUT_AFTER) return null;
    this.#isToldOut = true;
    return "went_out";
  }
}
