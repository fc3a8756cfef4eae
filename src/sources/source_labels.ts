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

/** What a source's labels are mapped by. */
export interface LabelRules {
  /** The labels that the source's settings add. */
  readonly own: Readonly<Record<string, string>>;
  /** Whether the merge adds the label of the node. */
  readonly isPerNode: boolean;
  /** The label that has a state set's state: it is called as its family, here as there. */
  readonly state: { readonly from: string; readonly to: string } | null;
}

/**
 * The label names that a foreign series gets. A name that has a meaning here gets `exported_` before
 * it until it is nobody's, as Prometheus does for labels of its own.
 */
export function mapLabelNames(
  foreign: readonly string[],
  { own, isPerNode, state }: LabelRules,
): LabelMapping {
  const kept = [...Object.keys(own), OVERFLOW_LABEL, ...(isPerNode ? [NODE_LABEL] : [])];
  const plain = foreign.map((name) =>
    name === state?.from ? state.to : startingRight(name.replace(NOT_LEGACY, "_"))
  );
  const names = exported(plain, new Set(kept));
  const all = [...names, ...Object.keys(own)];
  return { names: all, key: all.toSorted().join(",") };
}

function exported(names: readonly string[], kept: ReadonlySet<string>): readonly string[] {
  if (!names.some((name) => kept.has(name))) return names;
  const used = new Set([...kept, ...names]);
  const renamed = [...names];
  // The shortest first, as Prometheus does: `node` takes its new name before `exported_node` does.
  const byLength = names.map((_, i) => i).sort((a, b) => names[a]!.length - names[b]!.length);
  for (const i of byLength) {
    if (!kept.has(names[i]!)) continue;
    do renamed[i] = `exported_${renamed[i]}`; while (used.has(renamed[i]!));
    used.add(renamed[i]!);
  }
  return renamed;
}

function startingRight(name: string): string {
  return /^[0-9]/.test(name) ? `_${name}` : name;
}
