import type { ParsedSample } from "../exposition/parser/parsed_family.ts";

/** Tells the label sets of samples apart, whatever the order of the names. */
export function seriesKey(
  { labelNames: names, labelValues: values }: Pick<ParsedSample, "labelNames" | "labelValues">,
): string {
  if (names.length < 2) return JSON.stringify([names, values]);
  const order = names.map((_, i) => i).sort((a, b) => names[a]! < names[b]! ? -1 : 1);
  return JSON.stringify([order.map((i) => names[i]), order.map((i) => values[i])]);
}
