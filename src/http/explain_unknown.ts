import type { FamilyDef } from "../metrics/family.ts";
import type { Contribution } from "../metrics/merge/contribution.ts";
import type { Decisions } from "../metrics/merge/decisions.ts";
import { NODE_LABEL } from "../metrics/names.ts";
import type { ExplainQuery } from "./explain_query.ts";
import { sampleFormsFor, sampleFormsOf } from "./explained_samples.ts";
import { nearest } from "./near_names.ts";

/** Why nothing matches, with names that do. */
export function unknownReason(
  contributions: readonly Contribution[],
  { families }: Decisions,
  query: ExplainQuery,
): string {
  const { name, labels } = query;
  const named = { name, labels: new Map() };
  const matching = [...families.values()].filter((one) => sampleFormsFor(one, named).length > 0);
  if (matching.length === 0) {
    const names = [...families.values()].flatMap((
      family,
    ) => [family.name, ...sampleFormsOf(family).map((form) => form.name)]);
    return `No merged metric is called ${JSON.stringify(name)}.${hint("Near names", name, names)}`;
  }
  for (const [label, value] of labels) {
    const values = valuesOf(contributions, matching, label);
    if (values.has(value)) continue;
    const wanted = `${label}=${JSON.stringify(value)}`;
    if (values.size > 0) {
      return `No series of "${name}" has ${wanted}.${hint("Near values", value, values)}`;
    }
    const known = new Set(matching.flatMap(({ labelNames }) => labelNames));
    const which = known.size === 0 ? "It has none" : `It has ${[...known].join(", ")}`;
    return `No series of "${name}" has a label ${JSON.stringify(label)}. ${which}.`;
  }
  return labels.size === 0
    ? `"${name}" is known and has no series yet.`
    : `No series of "${name}" has all of these labels.`;
}

/** The values of a label in all series of some merged families. */
function valuesOf(
  contributions: readonly Contribution[],
  families: readonly FamilyDef[],
  label: string,
): ReadonlySet<string> {
  const values = new Set<string>();
  for (const family of families) {
    for (const { le } of sampleFormsOf(family)) if (label === "le" && le !== null) values.add(le);
  }
  const names = new Set(families.map(({ name }) => name));
  for (const { node, shard: { layout } } of contributions) {
    const places = layout.families.map(({ name, labelNames }) =>
      names.has(name) ? labelNames.indexOf(label) : -1
    );
    const isOfNodes = label === NODE_LABEL &&
      layout.families.some(({ name, merge }) => names.has(name) && merge === "per_node");
    if (isOfNodes) values.add(node);
    for (let series = 0; series < layout.seriesCount; series++) {
      const place = places[layout.familyOf(series)]!;
      if (place !== -1) values.add(layout.labelValuesOf(series)[place]!);
    }
  }
  return values;
}

function hint(what: string, wanted: string, known: Iterable<string>): string {
  const names = nearest(wanted, known);
  return names.length === 0 ? "" : ` ${what} are ${names.join(", ")}.`;
}
