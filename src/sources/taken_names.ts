import { type FamilyDef, sampleNames } from "../metrics/family.ts";
import type { Layout } from "../metrics/layout.ts";

/** Who has a sample name: the node's own metrics, or sources. */
export interface NameOwner {
  readonly family: string;
  /** A source's key; null for the node's own metrics. */
  readonly source: string | null;
}

/**
 * Which sample names of a shard are taken. The node's own metrics come first: one that is registered
 * under a name that a source already has gets it. A source keeps its names when it is removed, since
 * what it counted stays.
 */
export class TakenNames {
  readonly #layout: Layout;
  readonly #own = new Map<string, string>();
  readonly #sources = new Map<string, Map<string, FamilyDef>>();
  readonly #foreign = new Map<FamilyDef, string>();
  #scanned = 0;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** Notes a definition that a source is about to add to the layout. */
  add(family: FamilyDef, source: string): void {
    this.#foreign.set(family, source);
    for (const sample of sampleNames(family)) {
      let holders = this.#sources.get(sample);
      if (holders === undefined) this.#sources.set(sample, holders = new Map());
      holders.set(source, family);
    }
  }

  /**
   * Who keeps a source from having a family, or null. Two sources may share a name if all their series
   * differ in a label that the settings add, and the family is of one kind.
   */
  ownerBefore(
    family: FamilyDef,
    source: string,
    isApart: (other: string) => boolean,
  ): NameOwner | null {
    this.#scan();
    for (const sample of sampleNames(family)) {
      const own = this.#own.get(sample);
      if (own !== undefined) return { family: own, source: null };
      for (const [other, held] of this.#sources.get(sample) ?? []) {
        if (other === source && held.name === family.name) continue;
        const isSame = held.name === family.name && held.type === family.type &&
          held.merge === family.merge;
        if (!isSame || !isApart(other)) return { family: held.name, source: other };
      }
    }
    return null;
  }

  #scan(): void {
    const { families } = this.#layout;
    for (; this.#scanned < families.length; this.#scanned++) {
      const family = families[this.#scanned]!;
      if (this.#foreign.has(family)) continue;
      for (const sample of sampleNames(family)) this.#own.set(sample, family.name);
    }
  }
}
