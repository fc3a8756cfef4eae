import type { Parsed } from "./option.ts";

const LISTS_MAX = 100;

/** `validation.duration.milliseconds=10:50:250,mitigation.trust_score.value=50:90`, each metric once. */
export function bucketLists(text: string): Parsed<Readonly<Record<string, readonly number[]>>> {
  const items = text.split(",").map((item) => {
    const [, metric = "", bounds = ""] = /^\s*([a-z][a-z0-9_.]*)=(\S+)\s*$/.exec(item) ?? [];
    return [metric, bounds.split(":").map((bound) => bound === "" ? NaN : Number(bound))] as const;
  });
  const isRight = items.every(([metric, bounds]) => metric !== "" && isAscending(bounds)) &&
    new Set(items.map(([metric]) => metric)).size === items.length && items.length <= LISTS_MAX;
  if (isRight) return { kind: "value", value: Object.fromEntries(items) };
  return {
    kind: "invalid",
    rule: `a comma-separated list of 1 to ${LISTS_MAX} items such as ` +
      "validation.duration.milliseconds=10:50:250, with finite ascending bounds, each metric once",
  };
}

function isAscending(bounds: readonly number[]): boolean {
  return bounds.every((bound, i) => Number.isFinite(bound) && (i === 0 || bound > bounds[i - 1]!));
}
