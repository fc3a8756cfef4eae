import { checkTags } from "./key_text.ts";

/** A value that is about to be kept. */
export interface Pending {
  /** Whether something happened meanwhile that it may not know of: it must not be kept. */
  readonly isOutdated: boolean;
}

/** What one who asks for a key says of its value. */
export interface Wish<V> {
  readonly ttlMs: number;
  /** Its tags, or what tells them of the value. */
  readonly tags: readonly string[] | ((value: V) => readonly string[]);
}

/** One loading of a key that is under way, and what all who wait for it say of its value. */
export class Load<V> implements Pending {
  readonly startedAtMs: number;
  /** How many tags had been invalidated when it began. */
  readonly tagsDropped: number;
  /** Null while its loader was called and has returned nothing yet: whoever asks then is that loader. */
  promise: Promise<V | undefined> | null = null;
  isOutdated = false;
  /** Whether its loader has given the value. */
  isGiven = false;
  #ttlMs = Infinity;
  readonly #tags: Set<string>;
  readonly #tellers = new Set<(value: V) => readonly string[]>();

  /** `tags` are further ones that its value will carry. */
  constructor(startedAtMs: number, tagsDropped: number, wish: Wish<V>, tags: Iterable<string>) {
    this.startedAtMs = startedAtMs;
    this.tagsDropped = tagsDropped;
    this.#tags = new Set(tags);
    this.add(wish);
  }

  /** The shortest time that anybody wishes. */
  get ttlMs(): number {
    return this.#ttlMs;
  }

  /** The tags that are known before the value is there. */
  get tags(): Iterable<string> {
    return this.#tags;
  }

  /** Takes in what another says who waits for it. Lists are copied, as their owners may change them. */
  add({ ttlMs, tags }: Wish<V>): void {
    this.#ttlMs = Math.min(this.#ttlMs, ttlMs);
    if (typeof tags === "function") this.#tellers.add(tags);
    else for (const tag of tags) this.#tags.add(tag);
  }

  /** Whether its value may turn out to carry a tag. */
  mayCarry(tag: string): boolean {
    return this.#tellers.size > 0 || this.#tags.has(tag);
  }

  /** Whether it may carry all of these already. */
  mayCarryAll(tags: Wish<V>["tags"]): boolean {
    if (typeof tags === "function") return this.#tellers.size > 0;
    return tags.every((tag) => this.mayCarry(tag));
  }

  /**
   * All tags of the value that it gave.
   *
   * @throws whatever a function throws that should tell them, or TypeError where it gives none.
   */
  tagsOf(cache: string, value: V | undefined): readonly string[] {
    const tags = new Set(this.#tags);
    if (value === undefined) return [...tags];
    for (const teller of this.#tellers) {
      const told = teller(value);
      checkTags(cache, told);
      for (const tag of told) tags.add(tag);
    }
    return [...tags];
  }
}
