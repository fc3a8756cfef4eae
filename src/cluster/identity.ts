import type { Random } from "../io/random.ts";

/** The stable name of a node: the pod's name. */
export type NodeId = string;

/** One life of a node: 64 random bits as 16 hexadecimal digits. A restart is a new one. */
export type IncarnationId = string;

/** Who a process says it is. */
export interface Identity {
  readonly node: NodeId;
  readonly incarnation: IncarnationId;
  /** When this life began, in milliseconds since the Unix epoch by its own wall clock. */
  readonly startedAtMs: number;
  /** The version of the software it runs. */
  readonly version: string;
  /** Where it says it can be asked, as `ip:port`, or empty where it does not know. */
  readonly address: string;
}

/** A fresh incarnation id. */
export function newIncarnationId(random: Random): IncarnationId {
  return Array.from(random.bytes(8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Whether life `a` of a node began after life `b`. Two lives that began in the same millisecond are
 * ordered by id, so that every node decides alike.
 */
export function isNewer(a: Identity, b: Identity): boolean {
  if (a.startedAtMs !== b.startedAtMs) return a.startedAtMs > b.startedAtMs;
  return a.incarnation > b.incarnation;
}
