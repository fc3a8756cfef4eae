import type { Identity, IncarnationId, NodeId } from "./identity.ts";

/** What a node holds another incarnation for. */
export type MemberStatus =
  | "joining"
  | "up"
  | "suspect"
  | "down"
  | "left"
  | "replaced"
  | "lost";

/** Every {@linkcode MemberStatus}, in the order in which a life passes through them. */
export const MEMBER_STATUSES: readonly MemberStatus[] = [
  "joining",
  "up",
  "suspect",
  "down",
  "left",
  "replaced",
  "lost",
];

/** Whether the status is one of the three ways to be gone. */
export function isGone(status: MemberStatus): boolean {
  return status === "left" || status === "replaced" || status === "lost";
}

/** One incarnation, as this node sees it. Times are awake milliseconds of this node. */
export interface Member {
  readonly identity: Identity;
  readonly status: MemberStatus;
  /** When it took its status. */
  readonly sinceMs: number;
  /** The newest seq heard of, from itself or from others. */
  readonly heardSeq: number;
  /** When that seq moved, as far as anybody told. */
  readonly movedAtMs: number;
  /** When it last answered or asked this node itself; null for never. */
  readonly directAtMs: number | null;
  /** How long its last answer took. */
  readonly rttMs: number | null;
  /** Since when every connection to it is refused; null where the last one was not. */
  readonly refusedSinceMs: number | null;
  /** Where it said it is, and where it answered, as `ip:port`. */
  readonly addresses: ReadonlySet<string>;
  /** Whether another living incarnation uses the same node name. */
  readonly sharesName: boolean;
}

/**
 * What happened to an incarnation. `recovered` is an `up` after `suspect`, `down` or `lost`;
 * `name_conflict` says that two living processes use one node name.
 */
export type TransitionKind = MemberStatus | "recovered" | "name_conflict";

/** One change of the roster. */
export interface Transition {
  readonly kind: TransitionKind;
  readonly node: NodeId;
  readonly incarnation: IncarnationId;
  /** Why, as a phrase for an operator. */
  readonly cause: string;
}
