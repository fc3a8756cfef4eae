import type { Want } from "../../src/cluster/wire/message.ts";
import type { IncarnationId } from "../../src/cluster/identity.ts";
import type { SimulatedNode } from "../cluster/simulated_node.ts";
import type { SimulatedApp } from "./app.ts";

/** One request that a node sent while it answered a scrape, and what came of it. */
export interface Asked {
  readonly to: string;
  readonly kind: Want["kind"];
  readonly sentAtMs: number;
  /** When an answer came; null while none did, or if the request failed. */
  answeredAtMs: number | null;
  hasFailed: boolean;
  /** Who answered. */
  by: IncarnationId | null;
}

/** What one incarnation counted, with what only the world knows of it. */
export interface Counted {
  readonly incarnation: IncarnationId;
  readonly app: SimulatedApp;
  readonly life: Life;
  /** Gone: the operations that survivors held when it ended, which is what must stay. */
  floor: number;
}

/** One process in the simulated world. It takes another incarnation if its peers have folded it. */
export interface Life {
  readonly name: string;
  readonly address: string;
  readonly node: SimulatedNode;
  /** What its incarnation counted. */
  counted: Counted;
  /** The number of its application's version. */
  readonly version: number;
  /** Whether it is of another cluster. */
  readonly isForeign: boolean;
  readonly startedAtMs: number;
  /** Least that each complete node held when this one began; see the check of newcomers. */
  readonly inheritance: ReadonlyMap<IncarnationId, number>;
  /** The complete nodes that lived when this one began. */
  readonly elders: readonly Life[];
  state: "running" | "leaving" | "left" | "dead";
  endedAtMs: number;
  /** Until when its birth, or a fault that touches it or its links, is felt. */
  disturbedUntilMs: number;
  /** Until when a fault is felt, its birth aside. */
  faultyUntilMs: number;
  /** Until when it was stopped last. */
  stoppedUntilMs: number;
  /** Events of its node that were looked at. */
  eventsSeen: number;
  /** Of whom it has heard a goodbye. */
  readonly goodbyes: Set<IncarnationId>;
  /** Requests that it sent while scrapes of it are open. */
  readonly windows: Set<Asked[]>;
}

/** Whether the process is there, be it hung or out of reach. */
export function isAlive(life: Life): boolean {
  return life.state === "running" || life.state === "leaving";
}

/** How many operations of an incarnation a node holds. */
export function heldBy(life: Life, { incarnation, app }: Counted): number {
  const { state } = life.node.node;
  const isOwn = state.self.incarnation === incarnation;
  return app.countAt(isOwn ? state.own.seq : state.heldSeq(incarnation));
}

/** Whether an incarnation goes on counting. */
export function isCounting({ life, incarnation }: Counted): boolean {
  return isAlive(life) && life.counted.incarnation === incarnation;
}
