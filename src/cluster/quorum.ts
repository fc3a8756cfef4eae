import type { IncarnationId } from "./identity.ts";

/** What to look at first when members do not hear each other. */
export const USUAL_CAUSES: string =
  "Usual causes are a NetworkPolicy that keeps pods from each other's metrics port, a wrong port, or " +
  "a lost machine, whose pods count until DNS drops them.";

/** One who counts as a member when it is decided whether enough answered. */
export interface Voter {
  /** Null for a listed address of which nobody knows who is there. */
  readonly incarnation: IncarnationId | null;
  /** The node's name, or the address. */
  readonly name: string;
  /** When it began, by its own clock; Infinity where that is not known. */
  readonly startedAtMs: number;
  readonly answered: boolean;
  /** Why it did not answer; empty where it did. */
  readonly reason: string;
  /** Milliseconds for which it has not been heard; 0 where it answered. */
  readonly silentMs: number;
}

/** Whether a gathering may be shown. */
export interface Quorum {
  readonly reached: boolean;
  readonly members: number;
  readonly answered: number;
}

/**
 * Whether enough members answered: more than half, or exactly half with the longest-lived member among
 * them. Two halves of a partition can't both have it, so no two disjoint answers are ever shown; and a
 * smaller side could only show totals that miss what the larger one goes on counting.
 */
export function quorumOf(voters: readonly Voter[]): Quorum {
  const members = voters.length;
  const answered = voters.filter((voter) => voter.answered).length;
  const reached = 2 * answered > members ||
    (2 * answered === members && longestLived(voters)?.answered === true);
  return { reached, members, answered };
}

function longestLived(voters: readonly Voter[]): Voter | undefined {
  return voters.toSorted((a, b) =>
    a.startedAtMs - b.startedAtMs || compare(a.incarnation ?? a.name, b.incarnation ?? b.name)
  )[0];
}

/** What an operator needs to know when too few answered. */
export function refusalSentence(voters: readonly Voter[], { members, answered }: Quorum): string {
  const missing = voters.filter((voter) => !voter.answered).map(({ name, reason, silentMs }) =>
    `${name} (${reason}, not heard for ${Math.round(silentMs / 1000)} s)`
  );
  const half = 2 * answered === members
    ? "exactly half is enough only with the longest-lived member"
    : "at least half must";
  return `Cannot answer for the cluster: ${answered} of ${members} members answered, and ${half}. ` +
    `Out of reach: ${missing.join(", ")}. ${USUAL_CAUSES}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
