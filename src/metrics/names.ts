import type { FamilyDef } from "./family.ts";
import { PAGE_CELLS } from "./cells.ts";
import { received } from "./received.ts";

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const NAME_LENGTH_MAX = 512;
const LABELS_MAX = 64;
/** UTF-16 units of a help text or a label value, whose bytes are below what the wire takes. */
export const TEXT_LENGTH_MAX: number = 4_096;
/** Finite bounds that a histogram may have: a series stays within one page of cells. */
export const BOUNDS_MAX: number = PAGE_CELLS - 2;

/** Quantiles that a summary may show. */
export const QUANTILES_MAX = 64;

/** The label that tells nodes apart in a merged `per_node` gauge. */
export const NODE_LABEL = "node";
/** The label of the series that takes what a family's budget has no room for. */
export const OVERFLOW_LABEL = "muster_overflow";

/**
 * What is wrong with a family's definition, as the rest of a sentence, or null. The names follow the
 * Prometheus data model in its legacy character set, so that no scraper has to escape them.
 */
export function definitionProblem(family: FamilyDef): string | null {
  return nameProblem(family) ?? textProblem(family) ?? labelNamesProblem(family) ??
    boundsProblem(family) ?? quantilesProblem(family);
}

function nameProblem({ name, type }: FamilyDef): string | null {
  if (typeof name !== "string" || !METRIC_NAME.test(name) || name.length > NAME_LENGTH_MAX) {
    return `name must match ${METRIC_NAME.source} and have at most ${NAME_LENGTH_MAX} ` +
      `characters: received ${received(name)}`;
  }
  if (type === "info" && !name.endsWith("_info")) {
    return `name must end in "_info", as that of every info does: received "${name}"`;
  }
  return null;
}

function textProblem({ help, unit }: FamilyDef): string | null {
  if (typeof help !== "string") return `help must be a string: received ${received(help)}`;
  if (typeof unit !== "string") return `unit must be a string: received ${received(unit)}`;
  if (help.length > TEXT_LENGTH_MAX) {
    return `help must have at most ${TEXT_LENGTH_MAX} characters: received ${help.length}`;
  }
  if (unit.length > NAME_LENGTH_MAX) {
    return `unit must have at most ${NAME_LENGTH_MAX} characters: received ${unit.length}`;
  }
  return null;
}

/** What Prometheus makes of each scrape itself: a sample of that name would be in its way. */
const OF_THE_SCRAPER: readonly string[] = [
  "up",
  "scrape_duration_seconds",
  "scrape_samples_scraped",
  "scrape_samples_post_metric_relabeling",
  "scrape_series_added",
];

/** Why no process may expose samples of a name, as the rest of a sentence, or null. */
export function scraperNameProblem(name: string): string | null {
  return OF_THE_SCRAPER.includes(name)
    ? `name must not be one that Prometheus gives to its own series of each target: received "${name}"`
    : null;
}

/** What formats add to the samples of a type. */
const RESERVED_LABELS: Readonly<Partial<Record<FamilyDef["type"], string>>> = {
  histogram: "le",
  native_histogram: "le",
  summary: "quantile",
};

function labelNamesProblem({ name, labelNames, type, merge }: FamilyDef): string | null {
  if (labelNames.length > LABELS_MAX) {
    return `labels must be at most ${LABELS_MAX}: received ${labelNames.length}`;
  }
  for (const label of labelNames) {
    if (typeof label !== "string" || !LABEL_NAME.test(label) || label.length > NAME_LENGTH_MAX) {
      return `a label name must match ${LABEL_NAME.source} and have at most ${NAME_LENGTH_MAX} ` +
        `characters: received ${received(label)}`;
    }
    if (label.startsWith("__")) {
      return `a label name must not begin with "__", which Prometheus keeps for itself: ` +
        `received "${label}"`;
    }
    if (label === RESERVED_LABELS[type]) {
      return `a ${type}'s label must not be "${label}", which the exposition adds: ` +
        `received "${label}"`;
    }
    if (label === NODE_LABEL && merge === "per_node") {
      return `a metric merged per_node must not have a label "${NODE_LABEL}", which the merge adds: ` +
        `rename the label, or choose another merge mode`;
    }
    if (label === OVERFLOW_LABEL) {
      return `a label must not be named "${OVERFLOW_LABEL}", which marks the overflow series`;
    }
  }
  if (type === "state_set" && !labelNames.includes(name)) {
    return `a state set must have a label of its own name, which has the state: received ` +
      `"${name}" and ${JSON.stringify(labelNames)}`;
  }
  if (new Set(labelNames).size !== labelNames.length) {
    return `labels must be distinct: received ${received(labelNames)}`;
  }
  return null;
}

function boundsProblem({ type, bounds }: FamilyDef): string | null {
  if (type !== "histogram") return null;
  if (bounds.length < 1 || bounds.length > BOUNDS_MAX) {
    return `buckets must be 1 to ${BOUNDS_MAX} finite bounds: received ${bounds.length}`;
  }
  for (let i = 0; i < bounds.length; i++) {
    if (!Number.isFinite(bounds[i])) {
      return `buckets must be finite numbers (the bucket +Inf is always there): received ${
        received(bounds[i])
      }`;
    }
    if (i > 0 && !(bounds[i]! > bounds[i - 1]!)) {
      return `buckets must ascend: received ${bounds[i]} after ${bounds[i - 1]}`;
    }
  }
  return null;
}

function quantilesProblem({ type, quantiles }: FamilyDef): string | null {
  if (type !== "summary") {
    return quantiles === undefined ? null : `quantiles must be a summary's: received a ${type}`;
  }
  if (quantiles === undefined || quantiles.length > QUANTILES_MAX) {
    return `quantiles must be at most ${QUANTILES_MAX}: received ${quantiles?.length}`;
  }
  for (let i = 0; i < quantiles.length; i++) {
    const quantile = quantiles[i]!;
    if (!(quantile >= 0 && quantile <= 1)) {
      return `quantiles must be from 0 to 1: received ${quantile}`;
    }
    if (i > 0 && !(quantile > quantiles[i - 1]!)) {
      return `quantiles must ascend: received ${quantile} after ${quantiles[i - 1]}`;
    }
  }
  return null;
}
