import { type FamilyDef, sampleNames } from "./family.ts";

type Named = Pick<FamilyDef, "name" | "type">;

/** The names of the samples of a registry's families, each of which only one of them may have. */
export class SampleNames {
  readonly #owners: Map<string, string>;
  readonly #kept: Set<string>;

  /** Begins with the names that another has. */
  constructor(other: SampleNames | null = null) {
    this.#owners = new Map(other === null ? [] : other.#owners);
    this.#kept = new Set(other === null ? [] : other.#kept);
  }

  /**
   * Throws where a family may not have its names.
   *
   * @throws {TypeError} if one of them is taken.
   */
  check(family: Named): void {
    for (const sample of sampleNames(family)) {
      const owner = this.#owners.get(sample);
      if (owner === undefined) continue;
      const wayOut = this.#kept.has(sample)
        ? `a source has "${owner}" already, so give the source a prefix, or register before it is added`
        : `"${owner}" is registered already, so keep and share what that call returned`;
      throw new TypeError(
        `Cannot register "${family.name}": its sample name "${sample}" must not be in use: ${wayOut}`,
      );
    }
  }

  /** Gives a family its names. */
  claim(family: Named): void {
    for (const sample of sampleNames(family)) this.#owners.set(sample, family.name);
  }

  /** See `Registry.keepNames`. */
  keep(family: Named): string | null {
    const samples = sampleNames(family);
    for (const sample of samples) {
      const owner = this.#owners.get(sample);
      if (owner !== undefined && !this.#kept.has(sample)) return owner;
    }
    for (const sample of samples) this.#kept.add(sample);
    this.claim(family);
    return null;
  }
}
