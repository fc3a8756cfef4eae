import { parseExposition } from "../../../src/exposition/parser/exposition_parser.ts";
import type {
  ParsedFamily,
  ParsedFormat,
  ParsedSample,
} from "../../../src/exposition/parser/parsed_family.ts";

/** The families of a text. */
export function parsed(text: string, format: ParsedFormat = "text"): readonly ParsedFamily[] {
  return parseExposition(new TextEncoder().encode(text), format);
}

/** A sample in one line: role, labels, threshold and value. */
export function shown({ role, labelNames, labelValues, threshold, value }: ParsedSample): string {
  const labels = labelNames.map((name, i) => `${name}=${JSON.stringify(labelValues[i])}`);
  const at = Number.isNaN(threshold) ? "" : `@${threshold}`;
  return `${role}${at}{${labels.join(",")}} ${Object.is(value, -0) ? "-0" : value}`;
}

/** The families in one line each, and their samples. */
export function outline(families: readonly ParsedFamily[]): string[] {
  return families.flatMap(({ name, type, help, unit, samples }) => [
    [type, name, unit, help].filter((part) => part !== "").join(" "),
    ...samples.map((sample) => `  ${shown(sample)}`),
  ]);
}
