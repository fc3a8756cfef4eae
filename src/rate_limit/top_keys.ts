/** A key that was limited often. */
export interface TopKey {
  /** A keyed hash of the key, since keys are addresses and names of people. */
  readonly hash: string;
  /** Cost that was refused, at most this much. */
  readonly limited: number;
  /** By how much that may be too high. */
  readonly error: number;
}

interface Entry {
  readonly key: string;
  lo: number;
  hi: number;
  limited: number;
  error: number;
}

const KEYS = 32;
/** Longer keys are cut before they are kept. */
const KEY_LENGTH_MAX = 256;

/**
 * The keys that are limited most, by Space-Saving: a new key takes the place and the count of the least,
 * so every key with more than 1/32 of all that was refused is among them.
 *
 * @see https://www.cs.ucsb.edu/sites/default/files/documents/2005-23.pdf
 */
export class TopKeys {
  readonly #entries: Entry[] = [];

  /** Counts a refusal; the halves of the key's fingerprint tell it from others. */
  add(key: string, lo: number, hi: number, cost: number): void {
    const entries = this.#entries;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!;
      if (entry.lo !== lo || entry.hi !== hi) continue;
      entry.limited += cost;
      return;
    }
    const error = entries.length < KEYS ? 0 : this.#dropLeast();
    entries.push({ key: key.slice(0, KEY_LENGTH_MAX), lo, hi, limited: error + cost, error });
  }

  /** The keys that were refused most, first the one that was most. */
  list(count: number, hash: (key: string) => string): readonly TopKey[] {
    return this.#entries.toSorted((a, b) => b.limited - a.limited).slice(0, count)
      .map(({ key, limited, error }) => ({ hash: hash(key), limited, error }));
  }

  #dropLeast(): number {
    const entries = this.#entries;
    let least = 0;
    for (let i = 1; i < entries.length; i++) {
      if (entries[i]!.limited < entries[least]!.limited) least = i;
    }
    const { limited } = entries[least]!;
    entries[least] = entries.at(-1)!;
    entries.pop();
    return limited;
  }
}
