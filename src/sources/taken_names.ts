import { type FamilyDef, sampleNames } from "../metrics/family.ts";
import type { Registry } from "../metrics/registry.ts";

/** Who has a sample name: the node's own metrics, or sources. */
export interface NameOwner {
  readonly family: string;
  /** A source's key; null for the node's own metrics. */
  readonly source: string | null;
}

/**
 * Which sample names of a shard are taken, and by whom. Whoever came first keeps them; a source does so
 * even when it is removed, since what it counted stays.
 */
export class TakenNames {
  readonly #registry: Registry;
  readonly #sources = new Map<string, Map<string, FamilyDef>>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /**
   * Takes the names of a family for a source, or returns who has one of them. Two sources may share a
   * name if all their series differ in a label that the settings add, and the family is of one kind.
   */
  take(
    family: FamilyDef,
    source: string,
    isApart: (other: string) => boolean,
  ): NameOwner | null {
    const samples = sampleNames(family);
    for (const sample of samples) {
      for (const [other, held] of this.#sources.get(sample) ?? []) {
        if (other === source && held.name === family.name) continue;
        const isSame = held.name === family.name && held.type === family.type &&
          held.merge === family.merge;
        if (!isSame || !isApart(other)) return { family: held.name, source: other };
      }
    }
    const own = this.#registry.keepNames(family);
    if (own !== null) return { family: own, source: null };
    for (const sample of samples) {
      let holders = this.#sources.get(sample);
      if (holders === undefined) this.#sources.set(sample, holders = new Map());
      holders.set(source, family);
    }
    return null;
  }
}
