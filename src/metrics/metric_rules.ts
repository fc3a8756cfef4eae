import type { FamilyDef } from "./family.ts";
import type { MetricRules } from "./metric_options.ts";

/** What rules make of a definition; null where the metric is dropped. */
export interface RuledDefinition {
  readonly family: FamilyDef;
  readonly isDropped: boolean;
}

/** Applies rules to a definition. A metric is dropped by the name that it has before it is renamed. */
export function applyRules(family: FamilyDef, rules: MetricRules): RuledDefinition {
  const { drop = [], dropLabels = [], rename = {} } = rules;
  const isDropped = drop.some((pattern) => matches(pattern, family.name));
  const name = Object.hasOwn(rename, family.name) ? rename[family.name]! : family.name;
  // The label of its own name is what a state set consists of.
  const labelNames = family.type === "state_set"
    ? family.labelNames.map((label) => label === family.name ? name : label)
    : family.labelNames.filter((label) => !dropLabels.includes(label));
  return { isDropped, family: { ...family, name, labelNames } };
}

/** Whether a name is what a pattern says, in which `*` stands for any characters. */
function matches(pattern: string, name: string): boolean {
  const [first, ...rest] = pattern.split("*");
  if (rest.length === 0) return pattern === name;
  if (!name.startsWith(first!)) return false;
  let at = first!.length;
  const last = rest.pop()!;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
