import type { ClusterNode } from "../cluster/cluster_node.ts";
import type { MemberStatus } from "../cluster/member.ts";

/** Who may be admitting requests, as far as this node knows. */
const COUNTED: ReadonlySet<MemberStatus> = new Set(["joining", "up", "suspect"]);

/** This node's place among those that share a limit. */
export interface Standing {
  /** How many share, this node included. */
  readonly nodes: number;
  /** This node's place among them, from 0, in an order that all of them see. */
  readonly rank: number;
}

/** Who shares alone. */
export const ALONE: Standing = { nodes: 1, rank: 0 };

/** This node's standing in the roster: nodes that are joining, up or suspect count. */
export function standingOf(node: ClusterNode): Standing {
  const self = node.state.self.incarnation;
  let nodes = 1, rank = 0;
  for (const { identity, status } of node.state.roster.members) {
    if (identity.incarnation === self || !COUNTED.has(status)) continue;
    nodes++;
    if (identity.incarnation < self) rank++;
  }
  return { nodes, rank };
}

/** A node's whole-numbered part of a limit; the parts of all ranks add up to it. */
export function partOf(limit: number, { nodes, rank }: Standing): number {
  return Math.floor(limit / nodes) + (rank < limit % nodes ? 1 : 0);
}

interface Seen {
  readonly part: number;
  readonly atMs: number;
}

/**
 * What a node may use of its part of a limit: the least that its part was at any time in the last
 * `holdMs`. So it shrinks at once, and grows only when everybody else has had `holdMs` to shrink. A node
 * that has just begun had no part before.
 */
export class HeldPart {
  readonly #holdMs: number;
  /** Parts that may still be the least, oldest first, each greater than the one before. */
  readonly #seen: Seen[];

  constructor(holdMs: number, firstPart: number, nowMs: number) {
    this.#holdMs = holdMs;
    this.#seen = [{ part: firstPart, atMs: nowMs }];
  }

  /** Takes in what the part is now, and returns what may be used of it. */
  observe(part: number, nowMs: number): number {
    // From when on nothing was less than it.
    let atMs = nowMs;
    while (this.#seen.length > 0 && this.#seen.at(-1)!.part >= part) ({ atMs } = this.#seen.pop()!);
    this.#seen.push({ part, atMs });
    // The first was the least until the second began.
    while (this.#seen.length > 1 && nowMs - this.#seen[1]!.atMs >= this.#holdMs) this.#seen.shift();
    return this.#seen[0]!.part;
  }

  /** Milliseconds until more may be used, if the part stays; 0 if all of it may be. */
  waitMs(nowMs: number): number {
    const next = this.#seen[1];
    return next === undefined ? 0 : Math.max(0, next.atMs + this.#holdMs - nowMs);
  }
}
