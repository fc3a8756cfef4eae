import {
  CONSTANT_LABELS_MAX,
  constantLabelProblem,
  TAKEN_LABELS,
} from "../metrics/constant_labels.ts";
import type { Parsed } from "./option.ts";

const NAMES_MAX = 1_000;
const LABEL = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]{0,99}$/;
const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]{0,199}$/;
const PATTERN = /^[a-zA-Z0-9_:*]{1,200}$/;

/** `env=prod,region=eu`, each label once. */
export function constantLabels(text: string): Parsed<Readonly<Record<string, string>>> {
  const pairs = pairsOf(text);
  const isRight = pairs.length <= CONSTANT_LABELS_MAX &&
    isEachOnce(pairs.map(([label]) => label)) &&
    pairs.every(([label, value]) => constantLabelProblem(label, value) === null);
  if (isRight) return { kind: "value", value: Object.fromEntries(pairs) };
  return {
    kind: "invalid",
    rule:
      `a comma-separated list of 1 to ${CONSTANT_LABELS_MAX} labels with values such as env=prod, each ` +
      `label once and none of them ${TAKEN_LABELS.join(", ")}`,
  };
}

/** `go_*,process_start_time_seconds`: names of metrics, in which `*` stands for any characters. */
export function namePatterns(text: string): Parsed<readonly string[]> {
  const patterns = itemsOf(text);
  if (patterns.length <= NAMES_MAX && patterns.every((pattern) => PATTERN.test(pattern))) {
    return { kind: "value", value: patterns };
  }
  return {
    kind: "invalid",
    rule: `a comma-separated list of 1 to ${NAMES_MAX} metric names such as node_cpu_*, where * ` +
      "stands for any characters",
  };
}

/** `instance,pod`: names of labels. */
export function labelNames(text: string): Parsed<readonly string[]> {
  const names = itemsOf(text);
  if (names.length <= NAMES_MAX && names.every((name) => LABEL.test(name))) {
    return { kind: "value", value: names };
  }
  return {
    kind: "invalid",
    rule: `a comma-separated list of 1 to ${NAMES_MAX} label names such as instance`,
  };
}

/** `old_name=new_name`, each name once on either side. */
export function renamings(text: string): Parsed<Readonly<Record<string, string>>> {
  const pairs = pairsOf(text);
  const isRight = pairs.length <= NAMES_MAX && pairs.flat().every((name) => METRIC.test(name)) &&
    [0, 1].every((side) => isEachOnce(pairs.map((pair) => pair[side]!)));
  if (isRight) return { kind: "value", value: Object.fromEntries(pairs) };
  return {
    kind: "invalid",
    rule: `a comma-separated list of 1 to ${NAMES_MAX} metric names with new ones such as ` +
      "old_total=new_total, each name once on either side",
  };
}

function itemsOf(text: string): readonly string[] {
  return text.split(",").map((item) => item.trim());
}

/** What is before the first `=` and after it; nothing before where there is none. */
function pairsOf(text: string): readonly (readonly [string, string])[] {
  return itemsOf(text).map((item) => {
    const at = item.indexOf("=");
    return [item.slice(0, Math.max(0, at)).trimEnd(), item.slice(at + 1).trimStart()];
  });
}

function isEachOnce(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
