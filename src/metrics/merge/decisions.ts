import { type FamilyDef, isCompatible, isGrowing, sampleNames } from "../family.ts";
import { NODE_LABEL } from "../names.ts";
import { uniteBounds } from "./bounds_union.ts";
import type { Conflict, ConflictReason, Contribution } from "./contribution.ts";
import type { Destination } from "./destination.ts";
import { byStanding, type Standing, Tally } from "./tally.ts";

/** The definitions that a merge goes by. */
export interface Decisions {
  /**
   * By {@linkcode familyKey} of the contributed definitions: the merged one. Those of one name differ
   * in nothing but label names.
   */
  readonly families: ReadonlyMap<string, FamilyDef>;
  readonly conflicts: readonly Conflict[];
}

/** What families are told apart by: the name and the set of label names, in whatever order. */
export function familyKey(family: Pick<FamilyDef, "name" | "labelNames">): string {
  return JSON.stringify([family.name, ...family.labelNames.toSorted()]);
}

/**
 * Settles where definitions differ. Only another type or merge mode, or samples of the same name from
 * another family, is a conflict: then the definition that most live contributions hold wins, and among
 * equals the longest-lived one's. Where no live one holds any, the departed decide likewise, but for
 * their gauges, which are not shown and so have no say.
 */
export function decide(contributions: readonly Contribution[]): Decisions {
  const conflicts: Conflict[] = [];
  const leaveOut = (loser: Standing<FamilyDef>, reason: ConflictReason, winner: string) => {
    for (const contribution of new Set(loser.holdings.map((held) => held.contribution))) {
      const { node, incarnation } = contribution;
      conflicts.push({ family: loser.holdings[0]!.value.name, node, incarnation, reason, winner });
    }
  };
  const families = new Map<string, FamilyDef>();
  const owners = new Map<string, string>();
  for (const { name, kind } of winningKinds(contributions, leaveOut)) {
    const samples = sampleNames(kind.holdings[0]!.value);
    const owner = samples.map((sample) => owners.get(sample)).find((it) => it !== undefined);
    if (owner !== undefined) {
      leaveOut(kind, "sample_names", owner);
      continue;
    }
    for (const sample of samples) owners.set(sample, name);
    const lists = thresholdsOf(kind).ranked();
    const { bounds, leftOut } = uniteBounds(lists.map((list) => list.holdings[0]!.value.bounds));
    for (const at of leftOut) leaveOut(lists[at]!, "bounds_limit", name);
    const def = { ...lists[0]!.holdings[0]!.value, ...textOf(kind), bounds };
    for (const { value } of kind.holdings) {
      const key = familyKey(value);
      if (!families.has(key)) families.set(key, { ...def, labelNames: mergedLabelNames(value) });
    }
  }
  return { families, conflicts };
}

/**
 * Where a contributed family goes by what was decided; undefined for nowhere. A label without a value
 * is none to a scraper, which takes `{a="1"}` and `{a="1",b=""}` for one series and drops the second.
 * So a series goes where one goes that has only the others.
 */
export function destinationIn(
  { families }: Decisions,
  contributed: FamilyDef,
): Destination | undefined {
  const key = familyKey(contributed);
  const family = families.get(key);
  if (family === undefined) return undefined;
  // A state set is told by the label that has the state.
  if (family.type === "state_set") return { key, family };
  const having = (labelNames: readonly string[]): Destination => ({
    key: familyKey({ ...contributed, labelNames }),
    family: { ...family, labelNames: mergedLabelNames({ ...contributed, labelNames }) },
  });
  return { key, family, having };
}

/**
 * Whether `after` only adds families to `before`. Then whoever was left out still is, since a
 * definition that wins takes the place of another.
 */
export function isAddition(before: Decisions, after: Decisions): boolean {
  for (const [key, family] of before.families) {
    const decided = after.families.get(key);
    if (decided === undefined || !isSame(decided, family)) return false;
  }
  return true;
}

function isSame(a: FamilyDef, b: FamilyDef): boolean {
  return isCompatible(a, b) && a.help === b.help && a.unit === b.unit &&
    areEqual(a.bounds, b.bounds) && areEqual(a.quantiles ?? [], b.quantiles ?? []);
}

function areEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((number, i) => number === b[i]);
}

type LeaveOut = (loser: Standing<FamilyDef>, reason: ConflictReason, winner: string) => void;

/** For each name the type and merge mode that won, in the order in which names may claim samples. */
function winningKinds(contributions: readonly Contribution[], leaveOut: LeaveOut) {
  const names = new Map<string, Tally<FamilyDef>>();
  for (const contribution of contributions) {
    for (const family of contribution.shard.layout.families) {
      if (contribution.life !== "live" && !isGrowing(family)) continue;
      let kinds = names.get(family.name);
      if (kinds === undefined) names.set(family.name, kinds = new Tally());
      kinds.add(`${family.type} ${family.merge}`, contribution, family);
    }
  }
  const winners = [...names].map(([name, kinds]) => {
    const [kind, ...losers] = kinds.ranked();
    const won = kind!.holdings[0]!.value.type;
    for (const loser of losers) {
      const reason = loser.holdings[0]!.value.type === won ? "merge_mode" : "type";
      leaveOut(loser, reason, name);
    }
    return { name, kind: kind! };
  });
  return winners.sort((a, b) => byStanding(a.kind, b.kind) || (a.name < b.name ? -1 : 1));
}

/** The help and unit that most hold. */
function textOf(kind: Standing<FamilyDef>): Pick<FamilyDef, "help" | "unit"> {
  const texts = new Tally<FamilyDef>();
  for (const { contribution, value } of kind.holdings) {
    texts.add(`${value.help.length}:${value.help}${value.unit}`, contribution, value);
  }
  const { help, unit } = texts.ranked()[0]!.holdings[0]!.value;
  return { help, unit };
}

/** The bounds, or the quantiles, that are held, whatever the label names. */
function thresholdsOf(kind: Standing<FamilyDef>): Tally<FamilyDef> {
  const thresholds = new Tally<FamilyDef>();
  for (const { contribution, value } of kind.holdings) {
    thresholds.add((value.quantiles ?? value.bounds).join(), contribution, value);
  }
  return thresholds;
}

/** The labels in the order that all agree on, the node's label last. */
function mergedLabelNames(
  { labelNames, merge }: Pick<FamilyDef, "labelNames" | "merge">,
): string[] {
  return merge === "per_node" ? [...labelNames.toSorted(), NODE_LABEL] : labelNames.toSorted();
}
