import type { FamilyDef } from "../metrics/family.ts";
import type { RenderSource } from "./render_source.ts";

/** All families of one name, which one source has. */
export interface NamedFamilies {
  readonly name: string;
  /** What a header says; the others differ from it in label names. */
  readonly first: FamilyDef;
  /** The place of their source among the sources. */
  readonly sourceAt: number;
  /** Their numbers in the source's layout. */
  readonly numbers: readonly number[];
}

/**
 * The families of several sources as one document. A name that several have is the last one's alone: a
 * document with two headers of one name is refused whole.
 */
export function namedFamilies(sources: readonly RenderSource[]): NamedFamilies[] {
  const named = new Map<string, NamedFamilies & { readonly numbers: number[] }>();
  sources.forEach(({ layout, familyCount = layout.families.length }, sourceAt) => {
    layout.families.slice(0, familyCount).forEach((first, number) => {
      const known = named.get(first.name);
      if (known?.sourceAt === sourceAt) known.numbers.push(number);
      else named.set(first.name, { name: first.name, first, sourceAt, numbers: [number] });
    });
  });
  return [...named.values()];
}
