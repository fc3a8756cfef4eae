/** What a name becomes that there is no room for. */
export const OTHER_NAME = "_other";

/** Names that become label values: the first so many stay, later ones are all `_other`. */
export class BoundedNames {
  readonly #max: number;
  readonly #names = new Set<string>();

  /** Lets `max` names be. */
  constructor(max: number) {
    this.#max = max;
  }

  /** The name itself, or `_other`. */
  of(name: string): string {
    if (this.#names.has(name)) return name;
    if (this.#names.size >= this.#max) return OTHER_NAME;
    this.#names.add(name);
    return name;
  }
}
