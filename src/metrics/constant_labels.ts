import { NODE_LABEL, OVERFLOW_LABEL, TEXT_LENGTH_MAX } from "./names.ts";
import { received } from "./received.ts";

/** Labels that every series may have besides its own. */
export const CONSTANT_LABELS_MAX = 32;
/** Labels that merge and exposition add themselves. */
export const TAKEN_LABELS: readonly string[] = [NODE_LABEL, OVERFLOW_LABEL, "le", "quantile"];

const LABEL = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]{0,99}$/;

/**
 * What is wrong with a label that every series is to have, or null. It is the same for an option and
 * for a setting, so that no metric is refused later for a label that it did not choose.
 */
export function constantLabelProblem(name: string, value: unknown): string | null {
  if (!LABEL.test(name)) {
    return `a constant label's name must match ${LABEL.source}: received ${received(name)}`;
  }
  if (TAKEN_LABELS.includes(name)) {
    return `a constant label must be none of ${
      TAKEN_LABELS.join(", ")
    }, which merge and exposition ` +
      `add: received "${name}"`;
  }
  const isText = typeof value === "string" && value !== "" && value.isWellFormed();
  if (isText && value.length <= TEXT_LENGTH_MAX) return null;
  return `the constant label "${name}" must be a text of 1 to ${TEXT_LENGTH_MAX} well-formed ` +
    `characters: received ${isText ? `${value.length} characters` : received(value)}`;
}
