import type { MetricType } from "../metrics/family.ts";
import type { EscapingScheme } from "./escaping_scheme.ts";
import { exposedNames } from "./exposed_names.ts";
import type { FamilyForm, FormedFamily } from "./family_form.ts";

/** The words of the text format for the types that it does not have. */
const TYPE_WORDS: Readonly<Record<MetricType, string>> = {
  counter: "counter",
  gauge: "gauge",
  histogram: "histogram",
  summary: "summary",
  native_histogram: "histogram",
  info: "gauge",
  state_set: "gauge",
};

/** How families appear in a document of the Prometheus text format, by name. */
export function textForms(
  families: readonly FormedFamily[],
  scheme: EscapingScheme,
): ReadonlyMap<string, readonly FamilyForm[]> {
  const names = exposedNames(families, scheme);
  return new Map(families.map(({ name, type }) => {
    const shown = names.get(name)!;
    const form: FamilyForm = {
      name: shown,
      stem: shown,
      type: TYPE_WORDS[type],
      unit: "",
      part: "all",
      createdName: "",
      hasExemplars: false,
    };
    return [name, [form]];
  }));
}
