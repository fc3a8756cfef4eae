import { type FamilyDef, sampleNames } from "./family.ts";
import { received } from "./received.ts";

/** Who has a name: the family, and how it was called before a rule renamed it. */
interface Owner {
  readonly name: string;
  readonly declared: string;
}

type Named = Pick<FamilyDef, "name" | "type">;

/** The names of the samples of a registry's families, each of which only one of them may have. */
export class SampleNames {
  readonly #owners: Map<string, Owner>;
  readonly #kept: Set<string>;

  /** Begins with the names that another has. */
  constructor(other: SampleNames | null = null) {
    this.#owners = new Map(other === null ? [] : other.#owners);
    this.#kept = new Set(other === null ? [] : other.#kept);
  }

  /**
   * Throws where a family, which was `declared` by a name that rules may have changed, may not have its
   * names.
   *
   * @throws {TypeError} if one of them is taken.
   */
  check(family: Named, declared: string): void {
    for (const sample of sampleNames(family)) {
      const owner = this.#owners.get(sample);
      if (owner === undefined) continue;
      throw new TypeError(
        `Cannot register ${
          withNewName(family.name, declared)
        }: its sample name "${sample}" must not be ` +
          `in use: ${this.#wayOut(sample, owner, family.name !== declared)}`,
      );
    }
  }

  /** Gives a family its names. */
  claim(family: Named, declared: string): void {
    const owner = { name: family.name, declared };
    for (const sample of sampleNames(family)) this.#owners.set(sample, owner);
  }

  /** See `Registry.keepNames`. */
  keep(family: Named): string | null {
    const samples = sampleNames(family);
    for (const sample of samples) {
      const owner = this.#owners.get(sample);
      if (owner !== undefined && !this.#kept.has(sample)) return owner.name;
    }
    for (const sample of samples) this.#kept.add(sample);
    this.claim(family, family.name);
    return null;
  }

  #wayOut(sample: string, { name, declared }: Owner, isRenamed: boolean): string {
    if (isRenamed) return `"${name}" is registered already, so rename it to another name`;
    if (this.#kept.has(sample)) {
      return `a source has "${name}" already, so give the source a prefix, or register before it is added`;
    }
    if (name !== declared) {
      return `${withNewName(name, declared)}, has it, so rename that to another name`;
    }
    return `"${name}" is registered already, so keep and share what that call returned`;
  }
}

/** A metric, and what a rule renames it to. */
export function withNewName(name: string, declared: string): string {
  if (name === declared) return received(name);
  return `${received(declared)} as ${
    received(name)
  }, to which a rule renames it (METRICS_RENAME of a node)`;
}
