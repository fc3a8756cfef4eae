const STRINGS_MAX = 4_096;

/**
 * The strings that were used last, each as one object: families tend to have the same label values,
 * and callers build them anew for every call. It holds at most 4,096, and then begins again.
 */
export class SharedStrings {
  readonly #strings = new Map<string, string>();

  /** The string that is kept, equal to `text`. */
  of(text: string): string {
    const known = this.#strings.get(text);
    if (known !== undefined) return known;
    if (this.#strings.size === STRINGS_MAX) this.#strings.clear();
    this.#strings.set(text, text);
    return text;
  }
}
