import { sampleNames } from "../metrics/family.ts";
import type { EscapingScheme } from "./escaping_scheme.ts";
import { exposedNames } from "./exposed_names.ts";
import type { FamilyForm, FormedFamily } from "./family_form.ts";

const TOTAL = "_total";
const INFO = "_info";

/** A family's forms, and the names that no other family of the document may have. */
interface Claim {
  readonly forms: readonly FamilyForm[];
  readonly names: readonly string[];
  /** 0: the names are those of the text format; 1: created ones besides; 2: the header's as well. */
  readonly additions: 0 | 1 | 2;
}

/**
 * How families appear in a document of OpenMetrics 1.0, by name
 * (https://prometheus.io/docs/specs/om/open_metrics_spec/). Samples have the names that they have in
 * the text format, so that a change of format renames no series:
 *
 * - A counter loses `_total` in its header. One without `_total` is `unknown`, as with Prometheus's Go
 *   library.
 * - OpenMetrics forbids names that clash once all suffixes are added, such as a gauge `x` beside a
 *   counter `x_total`, or `x_created` beside a histogram `x`. The family with the suffixes gives way:
 *   each of its sample names is `unknown` then. So is a histogram with negative bounds, which must not
 *   have a sum.
 */
export function openMetricsForms(
  families: readonly FormedFamily[],
  scheme: EscapingScheme,
): ReadonlyMap<string, readonly FamilyForm[]> {
  const exposed = exposedNames(families, scheme);
  const candidates = families.map((family) => {
    const shown = exposed.get(family.name)!;
    const wanted = typed(family, shown);
    return { name: family.name, shown, wanted: wanted ?? untyped(family, shown), family };
  });
  candidates.sort((a, b) => {
    // Who adds least comes first. Of those that add a header, the shorter, as a longer one's header may
    // be its sample; of those that add a date, the longer, as it may be called as a shorter one's date.
    const difference = a.wanted.additions - b.wanted.additions;
    if (difference !== 0) return difference;
    const order = a.shown < b.shown ? -1 : 1;
    return a.wanted.additions === 1 ? -order : order;
  });
  const taken = new Set<string>();
  const forms = new Map<string, readonly FamilyForm[]>();
  for (const { name, shown, wanted, family } of candidates) {
    const isFree = wanted.names.every((claimed) => !taken.has(claimed));
    const claim = isFree ? wanted : untyped(family, shown);
    for (const claimed of claim.names) taken.add(claimed);
    forms.set(name, claim.forms);
  }
  return forms;
}

/** The form that shows a family's type; null where OpenMetrics has none for it. */
function typed(family: FormedFamily, shown: string): Claim | null {
  const { type, bounds, name, labelNames } = family;
  switch (type) {
    case "counter":
      if (!shown.endsWith(TOTAL) || shown === TOTAL) return null;
      return claim(family, shown, shown.slice(0, -TOTAL.length), "counter");
    case "info":
      if (!shown.endsWith(INFO) || shown === INFO) return null;
      return claim(family, shown, shown.slice(0, -INFO.length), "info");
    case "histogram":
      return bounds[0]! < 0 ? null : claim(family, shown, shown, "histogram");
    case "native_histogram":
      return claim(family, shown, shown, "histogram");
    case "state_set": {
      // The label that has the state must be called as the family is.
      const isStateSet = labelNames.includes(name) && shown === name;
      return claim(family, shown, shown, isStateSet ? "stateset" : "gauge");
    }
    default:
      return claim(family, shown, shown, type);
  }
}

function claim(family: FormedFamily, stem: string, name: string, type: string): Claim {
  const isCounting = type === "counter" || type === "histogram" || type === "summary";
  const createdName = isCounting ? `${name}_created` : "";
  const form: FamilyForm = {
    name,
    stem,
    type,
    unit: type === "info" || type === "stateset" ? "" : unitOf(family, name),
    part: "all",
    createdName,
    hasExemplars: type === "counter" || type === "histogram",
  };
  const names = [name, ...sampleNames({ name: stem, type: family.type })];
  if (isCounting) names.push(createdName);
  return { forms: [form], names, additions: name !== stem ? 2 : isCounting ? 1 : 0 };
}

/** Every sample name by itself: nothing is added to it, so nothing can clash. */
function untyped({ type, unit }: FormedFamily, stem: string): Claim {
  const form = (name: string, part: FamilyForm["part"], word = "unknown"): FamilyForm => ({
    name,
    stem,
    type: word,
    unit: unitOf({ unit }, name),
    part,
    createdName: "",
    hasExemplars: false,
  });
  const forms = type === "histogram" || type === "native_histogram"
    ? [form(`${stem}_bucket`, "bucket"), form(`${stem}_count`, "count"), form(`${stem}_sum`, "sum")]
    : type === "summary"
    ? [form(stem, "bucket"), form(`${stem}_count`, "count"), form(`${stem}_sum`, "sum")]
    : [form(stem, "all", type === "info" ? "gauge" : "unknown")];
  return { forms, names: forms.map(({ name }) => name), additions: 0 };
}

/** The unit, if it is the name's suffix: otherwise Prometheus refuses the whole document. */
function unitOf({ unit }: Pick<FormedFamily, "unit">, name: string): string {
  return unit !== "" && name.endsWith(`_${unit}`) ? unit : "";
}
