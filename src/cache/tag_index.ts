/** Which keys carry a tag. */
export class TagIndex<K extends string> {
  readonly #keys = new Map<string, Set<K>>();

  /** Notes the tags of a key. */
  add(key: K, tags: readonly string[]): void {
    for (const tag of tags) {
      const keys = this.#keys.get(tag);
      if (keys === undefined) this.#keys.set(tag, new Set([key]));
      else keys.add(key);
    }
  }

  /** Forgets the tags of a key. */
  remove(key: K, tags: readonly string[]): void {
    for (const tag of tags) {
      const keys = this.#keys.get(tag);
      if (keys?.delete(key) && keys.size === 0) this.#keys.delete(tag);
    }
  }

  /** The keys that carry a tag now. */
  keysOf(tag: string): readonly K[] {
    return [...this.#keys.get(tag) ?? []];
  }

  /** Tags that any key carries. */
  get size(): number {
    return this.#keys.size;
  }
}
