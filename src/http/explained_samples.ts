import { formatBound, formatNumber } from "../exposition/number_format.ts";
import type { FamilyDef } from "../metrics/family.ts";
import type { ExplainQuery } from "./explain_query.ts";

/** One sample that the series of a family show. */
export interface SampleForm {
  readonly name: string;
  /** The `le` label; null where there is none. */
  readonly le: string | null;
  /** Its value, from the cells of a merged series or of one part of it. */
  readonly read: (cells: Float64Array) => number;
}

/**
 * The samples of a family, with the names under which they are exposed. Buckets are cumulative, as
 * shown. Of what has bins there are sum and count: quantiles are no sum of anything.
 */
export function sampleFormsOf(
  { name, type, bounds }: Pick<FamilyDef, "name" | "type" | "bounds">,
): readonly SampleForm[] {
  const cell = (suffix: string, at: number): SampleForm => ({
    name: name + suffix,
    le: null,
    read: (cells) => cells[at]!,
  });
  switch (type) {
    case "summary":
      return [cell("_sum", 1), cell("_count", 0)];
    case "native_histogram": {
      const bucket = { ...cell("_bucket", 1), le: formatBound(Infinity) };
      return [bucket, cell("_sum", 0), cell("_count", 1)];
    }
    case "histogram": {
      const upTo = (last: number) => (cells: Float64Array) => {
        let count = 0;
        for (let bucket = 0; bucket <= last; bucket++) count += cells[bucket]!;
        return count;
      };
      const buckets = [...bounds, Infinity].map((bound, i): SampleForm => (
        { name: `${name}_bucket`, le: formatBound(bound), read: upTo(i) }
      ));
      const count = { name: `${name}_count`, le: null, read: upTo(bounds.length) };
      return [...buckets, cell("_sum", bounds.length + 1), count];
    }
    default:
      return [cell("", 0)];
  }
}

/** The samples of a family that a query asks for: all under the family's name, else those of its own. */
export function sampleFormsFor(family: FamilyDef, { name, labels }: ExplainQuery): SampleForm[] {
  const le = labels.get("le");
  return sampleFormsOf(family).filter((form) =>
    (name === family.name || name === form.name) &&
    (le === undefined || family.labelNames.includes("le") || isBound(form.le, le))
  );
}

/** Whether a bound is the one that is asked for, however that is spelled: `0.5`, `5e-1`, `+Inf`. */
function isBound(bound: string | null, asked: string): boolean {
  if (bound === null) return asked === "";
  // A plus sign in a query is a blank, unless it is escaped.
  const text = asked.trim().replace(/^\+/, "");
  return text !== "" && numberOf(bound.replace("+", "")) === numberOf(text);
}

function numberOf(text: string): number {
  return text === "Inf" ? Infinity : Number(text);
}

/** Whether a series has the labels that a query asks for; `le` is a matter of its samples. */
export function hasLabels(
  { labelNames, type }: FamilyDef,
  values: readonly string[],
  { labels }: ExplainQuery,
): boolean {
  for (const [label, value] of labels) {
    const place = labelNames.indexOf(label);
    if (place === -1 && label === "le" && type.endsWith("histogram")) continue;
    if ((values[place] ?? "") !== value) return false;
  }
  return true;
}

/** A value for JSON, which knows no infinite numbers: those are text, spelled as they are exposed. */
export function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : formatNumber(value);
}
