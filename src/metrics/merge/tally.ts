import type { Contribution } from "./contribution.ts";

/** What one contribution holds. */
export interface Holding<T> {
  readonly contribution: Contribution;
  readonly value: T;
}

/** Those who hold the same thing, and how it stands against others. */
export interface Standing<T> {
  readonly key: string;
  readonly holdings: readonly Holding<T>[];
  readonly live: number;
  readonly departed: number;
  /** The longest-lived live holder; the longest-lived of all where none is live. */
  readonly oldest: Contribution;
}

/** Counts who holds what. */
export class Tally<T> {
  readonly #standings = new Map<string, Entry<T>>();

  /** Counts a contribution once for a key, however many values it holds under it. */
  add(key: string, contribution: Contribution, value: T): void {
    let entry = this.#standings.get(key);
    if (entry === undefined) {
      entry = { key, holdings: [], live: 0, departed: 0, oldest: contribution };
      this.#standings.set(key, entry);
    }
    if (entry.holdings.at(-1)?.contribution !== contribution) {
      entry[contribution.life === "live" ? "live" : "departed"]++;
      if (isFirmer(contribution, entry.oldest)) entry.oldest = contribution;
    }
    entry.holdings.push({ contribution, value });
  }

  /** What was counted, the winner first. */
  ranked(): readonly Standing<T>[] {
    return [...this.#standings.values()].sort(byStanding);
  }
}

interface Entry<T> extends Standing<T> {
  readonly holdings: Holding<T>[];
  live: number;
  departed: number;
  oldest: Contribution;
}

/**
 * Orders by the number of live holders, then by the longest-lived one; what no live one holds comes
 * after, ordered by its departed holders likewise.
 */
export function byStanding<T>(a: Standing<T>, b: Standing<T>): number {
  if (a.live !== b.live) return b.live - a.live;
  if (a.live === 0 && a.departed !== b.departed) return b.departed - a.departed;
  if (a.oldest !== b.oldest) return isOlder(a.oldest, b.oldest) ? -1 : 1;
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return 0;
}

function isFirmer(a: Contribution, b: Contribution): boolean {
  const isLive = a.life === "live";
  return isLive === (b.life === "live") ? isOlder(a, b) : isLive;
}

function isOlder(a: Contribution, b: Contribution): boolean {
  if (a.startedAtMs !== b.startedAtMs) return a.startedAtMs < b.startedAtMs;
  return a.incarnation < b.incarnation;
}
