import type { PeerWord } from "./bootstrap.ts";

/** How long an address that another cluster's node has is left alone. */
export const FOREIGN_PAUSE_MS = 30_000;

/** What came of the last request to each address. Times are awake milliseconds. */
export class AddressBook {
  readonly #words = new Map<string, PeerWord>();
  readonly #failures = new Map<string, string>();
  readonly #silentSinceMs = new Map<string, number>();
  readonly #foreignUntilMs = new Map<string, number>();

  /** The last word from each address; who said nothing that can be used is not among them. */
  get words(): ReadonlyMap<string, PeerWord> {
    return this.#words;
  }

  /** Why the last request to an address failed; undefined where it did not. */
  failureAt(address: string): string | undefined {
    return this.#failures.get(address);
  }

  /** For how long requests to an address were not answered; 0 where the last one was. */
  silentForMs(address: string, nowMs: number): number {
    const sinceMs = this.#silentSinceMs.get(address);
    return sinceMs === undefined ? 0 : nowMs - sinceMs;
  }

  /** Whether an address was another cluster's so lately that it is left alone. */
  isShunned(address: string, nowMs: number): boolean {
    return (this.#foreignUntilMs.get(address) ?? -Infinity) > nowMs;
  }

  /** A node of this cluster answered. */
  answered(address: string, word: "complete" | "new"): void {
    this.#failures.delete(address);
    this.#silentSinceMs.delete(address);
    this.#words.set(address, word);
  }

  /** A request failed; gives whether the reason is another one than before. */
  failed(
    address: string,
    reason: string,
    word: "refused" | "foreign" | null,
    nowMs: number,
  ): boolean {
    const isNew = this.#failures.get(address) !== reason;
    this.#failures.set(address, reason);
    if (!this.#silentSinceMs.has(address)) this.#silentSinceMs.set(address, nowMs);
    if (word === null) this.#words.delete(address);
    else this.#words.set(address, word);
    if (word === "foreign") this.#foreignUntilMs.set(address, nowMs + FOREIGN_PAUSE_MS);
    return isNew;
  }

  /** Forgets an address. */
  forget(address: string): void {
    this.#words.delete(address);
    this.#failures.delete(address);
    this.#silentSinceMs.delete(address);
    this.#foreignUntilMs.delete(address);
  }

  /** Forgets all addresses but those in `known`. */
  keep(known: ReadonlySet<string>): void {
    for (const address of [...this.#words.keys(), ...this.#failures.keys()]) {
      if (!known.has(address)) this.forget(address);
    }
  }
}
