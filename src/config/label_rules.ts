import type { LabelRule } from "../plugins/label_rule.ts";
import type { Parsed } from "./option.ts";

const TOP_MAX = 10_000;
const RULES_MAX = 100;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]{0,99}$/;

/** `customer_id=top:100,domain=hash,source=keep,reason=drop`, each label once. */
export function labelRules(text: string): Parsed<Readonly<Record<string, LabelRule>>> {
  const items = text.split(",").map((item) => {
    const [, label = "", rule = ""] = /^\s*([^=]*)=(\S*)\s*$/.exec(item) ?? [];
    return [label, ruleOf(rule)] as const;
  });
  const isRight = items.every(([label, rule]) => LABEL.test(label) && rule !== null) &&
    new Set(items.map(([label]) => label)).size === items.length && items.length <= RULES_MAX;
  if (isRight) {
    return { kind: "value", value: Object.fromEntries(items) as Record<string, LabelRule> };
  }
  return {
    kind: "invalid",
    rule: `a comma-separated list of 1 to ${RULES_MAX} items such as customer_id=top:100, where ` +
      `keep, drop and hash are rules too, each label once and top from 1 to ${TOP_MAX}`,
  };
}

function ruleOf(text: string): LabelRule | null {
  if (text === "keep" || text === "drop" || text === "hash") return text;
  const top = Number(/^top:([0-9]{1,5})$/.exec(text)?.[1]);
  return top >= 1 && top <= TOP_MAX ? { top } : null;
}
