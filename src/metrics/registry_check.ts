import { CONSTANT_LABELS_MAX, constantLabelProblem } from "./constant_labels.ts";
import type { MetricRules, RegistryOptions } from "./metric_options.ts";
import { received } from "./received.ts";

const NUMBERS = ["seriesPerFamilyMax", "cellsMax"] as const;
const FUNCTIONS = ["wallMs", "nowMs", "onOverflow", "onCollectError"] as const;
const LISTS = ["drop", "dropLabels"] as const;

/**
 * Throws where options of a registry are not what they must be.
 *
 * @throws {TypeError} with one sentence that names all of them.
 */
export function checkRegistryOptions(options: RegistryOptions): void {
  if (!isObject(options)) {
    throw new TypeError(
      `Cannot make a registry: its options must be an object: received ${received(options)}`,
    );
  }
  const numbers = NUMBERS.flatMap((field) =>
    problem(field, "a whole number of at least 1", options[field], isCount)
  );
  const functions = FUNCTIONS.flatMap((field) =>
    problem(field, "a function", options[field], (value) => typeof value === "function")
  );
  const problems = [
    ...numbers,
    ...constantProblems(options.constantLabels),
    ...ruleProblems(options.rules),
    ...functions,
  ];
  if (problems.length > 0) throw new TypeError(`Cannot make a registry: ${problems.join("; ")}`);
}

/** Whether a value is what its option must be. */
type Check = (value: unknown) => boolean;

/** What is wrong with an option that may be left out. */
function problem(field: string, rule: string, value: unknown, isRight: Check): string[] {
  if (value === undefined || isRight(value)) return [];
  return [`${field} must be ${rule}: received ${received(value)}`];
}

function constantProblems(labels: RegistryOptions["constantLabels"]): string[] {
  if (labels === undefined) return [];
  if (!isObject(labels)) return problem("constantLabels", "an object of texts", labels, isObject);
  const entries = Object.entries(labels);
  if (entries.length > CONSTANT_LABELS_MAX) {
    return [`constantLabels must be at most ${CONSTANT_LABELS_MAX}: received ${entries.length}`];
  }
  return entries.flatMap(([name, value]) => constantLabelProblem(name, value) ?? []);
}

function ruleProblems(rules: MetricRules | undefined): string[] {
  if (rules === undefined) return [];
  if (!isObject(rules)) return problem("rules", "an object", rules, isObject);
  const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
  const isNames: Check = (value) => isObject(value) && Object.values(value).every(isText);
  return [
    ...LISTS.flatMap((field) =>
      problem(`rules.${field}`, "a list of texts", rules[field], isTexts)
    ),
    ...problem("rules.rename", "an object of texts", rules.rename, isNames),
  ];
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}
