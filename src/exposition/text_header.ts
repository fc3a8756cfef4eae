import { escapeHelp, escapeLabelValue } from "./escape.ts";
import { isLegacyName } from "./escaping_scheme.ts";
import type { FamilyForm } from "./family_form.ts";
import { quoted } from "./label_encoding.ts";
import type { TextDialect } from "./text_dialect.ts";

const ENCODER = new TextEncoder();

/** The HELP, TYPE and UNIT lines of a form. An empty help has no line. */
export function textHeader(
  { name, type, unit }: FamilyForm,
  help: string,
  { syntax }: TextDialect,
): Uint8Array {
  const shown = isLegacyName(name, "metric") ? name : quoted(name);
  // OpenMetrics escapes quotes in help texts too.
  const escapedHelp = syntax === "text" ? escapeHelp(help) : escapeLabelValue(help);
  const helpLine = help === "" ? "" : `# HELP ${shown} ${escapedHelp}\n`;
  const unitLine = unit === "" ? "" : `# UNIT ${shown} ${unit}\n`;
  return ENCODER.encode(`${helpLine}# TYPE ${shown} ${type}\n${unitLine}`);
}
