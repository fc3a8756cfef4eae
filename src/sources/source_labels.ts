import { NODE_LABEL, OVERFLOW_LABEL } from "../metrics/names.ts";

const NOT_LEGACY = /[^a-zA-Z0-9_]/gu;
const NOT_LEGACY_METRIC = /[^a-zA-Z0-9_:]/gu;

/** What one order of label names becomes. */
export interface LabelMapping {
  /** The label names here, those that the source's settings add being the last. */
  readonly names: readonly string[];
  /** Their set in one spelling. */
  readonly key: string;
}

/** A metric name in the legacy character set, as Prometheus's `underscores` escaping has it. */
export function metricName(name: string): string {
  return startingRight(name.replace(NOT_LEGACY_METRIC, "_"));
}

/**
 * The label names that a foreign series gets. A name that has a meaning here gets `exported_` before
 * it, as Prometheus does for labels of its own.
 */
export function mapLabelNames(
  foreign: readonly string[],
  own: Readonly<Record<string, string>>,
  isPerNode: boolean,
): LabelMapping {
  const taken = new Set(Object.keys(own));
  taken.add(OVERFLOW_LABEL);
  if (isPerNode) taken.add(NODE_LABEL);
  const names = foreign.map((name) => {
    const legacy = startingRight(name.replace(NOT_LEGACY, "_"));
    return taken.has(legacy) ? `exported_${legacy}` : legacy;
  });
  const all = [...names, ...Object.keys(own)];
  return { names: all, key: all.toSorted().join(",") };
}

function startingRight(name: string): string {
  return /^[0-9]/.test(name) ? `_${name}` : name;
}
