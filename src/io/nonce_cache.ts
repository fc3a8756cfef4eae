/** Nonces that are remembered at once; about 10 MB when full. */
export const NONCES_MAX = 100_000;

/**
 * The nonces of lately accepted requests, so that none is accepted twice. A nonce is forgotten only
 * when its request would be too old anyway, never to make room: a full cache refuses instead, since
 * only holders of the secret can fill it, and forgetting early would let an old request in again.
 *
 * A thousand nodes cause about 80 requests a second here, 48,000 in the 10 minutes that the time
 * window spans, so the limit is met only in a storm, and is counted in {@link refusedCount}.
 */
export class NonceCache {
  /** Nonce → wall time in ms after which it may be forgotten; in the order of arrival. */
  readonly #forgetAfterMs = new Map<string, number>();
  readonly #max: number;
  #refused = 0;

  constructor(max: number = NONCES_MAX) {
    this.#max = max;
  }

  /** Nonces held now. */
  get size(): number {
    return this.#forgetAfterMs.size;
  }

  /** How often a nonce found no room. */
  get refusedCount(): number {
    return this.#refused;
  }

  /** Remembers `nonce` until the wall clock has passed `forgetAfterMs`. */
  remember(nonce: string, forgetAfterMs: number, wallMs: number): "new" | "replayed" | "full" {
    if (this.#forgetAfterMs.has(nonce)) return "replayed";
    this.#forgetExpired(wallMs);
    if (this.#forgetAfterMs.size >= this.#max) {
      this.#refused++;
      return "full";
    }
    this.#forgetAfterMs.set(nonce, forgetAfterMs);
    return "new";
  }

  /**
   * Stops at the first nonce that must stay. Clocks differ by the window at most, so one from a fast
   * clock holds those behind it for twice the window at most, and each call costs O(1) amortised.
   */
  #forgetExpired(wallMs: number): void {
    for (const [nonce, forgetAfterMs] of this.#forgetAfterMs) {
      if (forgetAfterMs >= wallMs) return;
      this.#forgetAfterMs.delete(nonce);
    }
  }
}
