import type { EscapingScheme } from "./escaping_scheme.ts";
import type { FamilyForm, FormedFamily } from "./family_form.ts";
import { openMetricsForms } from "./openmetrics_forms.ts";
import { textForms } from "./text_forms.ts";

/** Which of the text formats is written, and how. */
export interface TextDialect {
  readonly syntax: "text" | "openmetrics";
  readonly escaping: EscapingScheme;
  /** OpenMetrics only: whether `_created` samples say when series were made. */
  readonly hasCreated: boolean;
}

/** The Prometheus text format 0.0.4. */
export const TEXT_0_0_4: TextDialect = {
  syntax: "text",
  escaping: "underscores",
  hasCreated: false,
};

/** How families, each name once, appear in one document. */
export function formsOf(
  families: readonly FormedFamily[],
  { syntax, escaping }: TextDialect,
): ReadonlyMap<string, readonly FamilyForm[]> {
  return syntax === "text" ? textForms(families, escaping) : openMetricsForms(families, escaping);
}
