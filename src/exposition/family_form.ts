import type { FamilyDef } from "../metrics/family.ts";

/** Which of a family's sample lines stand under a header: all, or, in OpenMetrics, those of one name. */
export type FormPart = "all" | "bucket" | "sum" | "count";

/** How a family, or a part of it, appears in one document. */
export interface FamilyForm {
  /** What the HELP and TYPE lines name. */
  readonly name: string;
  /** What the names of the samples are made from. */
  readonly stem: string;
  /** The word of the TYPE line. */
  readonly type: string;
  /** For a UNIT line; empty for none. */
  readonly unit: string;
  readonly part: FormPart;
  /** The name of samples that tell when a series was made; empty for none. */
  readonly createdName: string;
  /** Whether samples may have exemplars. */
  readonly hasExemplars: boolean;
}

/** What the form of a family depends on. */
export type FormedFamily = Pick<FamilyDef, "name" | "type" | "unit" | "bounds" | "labelNames">;

/** The same for forms that are written alike. */
export function formKey(form: FamilyForm): string {
  return JSON.stringify([form.name, form.stem, form.type, form.part, form.createdName]);
}
