import { type FamilyDef, sampleNames } from "../metrics/family.ts";
import { escapeName, type EscapingScheme, exposedName, isLegacyName } from "./escaping_scheme.ts";

/**
 * The families' names as one document shows them, by their own names. Legacy-valid names stay; where
 * another one would be escaped to names that are taken, it takes the scheme `values`, under which
 * names stay apart, so that no family is lost or mixed up with another.
 */
export function exposedNames(
  families: readonly Pick<FamilyDef, "name" | "type">[],
  scheme: EscapingScheme,
): ReadonlyMap<string, string> {
  const exposed = new Map<string, string>();
  const others = families.filter(({ name }) => !isLegacyName(name, "metric"));
  for (const { name } of families) exposed.set(name, name);
  if (others.length === 0 || scheme === "allow-utf-8") return exposed;
  const taken = new Set<string>();
  for (const family of families) {
    if (isLegacyName(family.name, "metric")) sampleNames(family).forEach((name) => taken.add(name));
  }
  for (const { name, type } of others) {
    const escaped = exposedName(name, scheme, "metric");
    const isFree = sampleNames({ name: escaped, type }).every((sample) => !taken.has(sample));
    const shown = isFree ? escaped : escapeName(name, "values", "metric");
    for (const sample of sampleNames({ name: shown, type })) taken.add(sample);
    exposed.set(name, shown);
  }
  return exposed;
}
