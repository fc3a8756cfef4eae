/**
 * How a name that is not in the legacy character set is written for a scraper
 * (https://prometheus.io/docs/instrumenting/escaping_schemes/).
 */
export type EscapingScheme = "allow-utf-8" | "underscores" | "dots" | "values";

/** Every {@linkcode EscapingScheme}. */
export const ESCAPING_SCHEMES: readonly EscapingScheme[] = [
  "allow-utf-8",
  "underscores",
  "dots",
  "values",
];

/** What is named: a colon is legacy-valid in a metric's name and not in a label's. */
export type NameKind = "metric" | "label";

const LEGACY: Readonly<Record<NameKind, RegExp>> = {
  metric: /^[a-zA-Z_:][a-zA-Z0-9_:]*$/,
  label: /^[a-zA-Z_][a-zA-Z0-9_]*$/,
};
const LEGACY_CHARACTER: Readonly<Record<NameKind, RegExp>> = {
  metric: /^[a-zA-Z0-9_:]$/,
  label: /^[a-zA-Z0-9_]$/,
};
const DIGIT = /^[0-9]$/;

/** Whether every scraper can read the name without quotes. */
export function isLegacyName(name: string, kind: NameKind): boolean {
  return LEGACY[kind].test(name);
}

/**
 * Escapes a name as the code of Prometheus's Go library does, which differs from the page of the
 * schemes: with `dots` other characters become two underscores, and with `values` hexadecimal digits
 * are lower-case. `dots` doubles the underscores of a legacy-valid name too; what is exposed goes
 * through {@linkcode exposedName}, which leaves such names alone.
 */
export function escapeName(name: string, scheme: EscapingScheme, kind: NameKind): string {
  if (scheme === "allow-utf-8" || name === "") return name;
  if (scheme !== "dots" && isLegacyName(name, kind)) return name;
  let escaped = scheme === "values" ? "U__" : "";
  let isFirst = true;
  for (const character of name.toWellFormed()) {
    const isLegacy = LEGACY_CHARACTER[kind].test(character) &&
      !(isFirst && DIGIT.test(character));
    escaped += escapeCharacter(character, isLegacy, scheme);
    isFirst = false;
  }
  return escaped;
}

/**
 * A name as it is exposed. A legacy-valid one stays as it is under every scheme, as in Prometheus's Go
 * library (the one for Python doubles its underscores under `dots`).
 */
export function exposedName(name: string, scheme: EscapingScheme, kind: NameKind): string {
  return isLegacyName(name, kind) ? name : escapeName(name, scheme, kind);
}

/**
 * The label names of one family as they are exposed. Where two would become the same, the one that had
 * to be escaped takes the scheme `values`, under which names stay apart.
 */
export function exposedLabelNames(names: readonly string[], scheme: EscapingScheme): string[] {
  const taken = new Set(names.filter((name) => isLegacyName(name, "label")));
  return names.map((name) => {
    if (isLegacyName(name, "label")) return name;
    const escaped = exposedName(name, scheme, "label");
    const exposed = taken.has(escaped) ? escapeName(name, "values", "label") : escaped;
    taken.add(exposed);
    return exposed;
  });
}

function escapeCharacter(
  character: string,
  isLegacy: boolean,
  scheme: Exclude<EscapingScheme, "allow-utf-8">,
): string {
  if (scheme === "underscores") return isLegacy ? character : "_";
  if (character === "_") return "__";
  if (scheme === "dots" && character === ".") return "_dot_";
  if (isLegacy) return character;
  return scheme === "dots" ? "__" : `_${character.codePointAt(0)!.toString(16)}_`;
}
