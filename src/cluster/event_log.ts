import type { Bus } from "../telemetry/bus.ts";
import type { TransitionKind } from "./member.ts";

/** Something that happened to the cluster, as this node saw it. */
export interface ClusterEvent {
  /** Counts up from 1 within this process. */
  readonly id: number;
  /** A transition's kind, or `foreign_cluster`, `shard_refused`, `exchange_rejected`. */
  readonly kind: TransitionKind | "foreign_cluster" | "shard_refused" | "exchange_rejected";
  /** The node it happened to; an address where no name is known. */
  readonly node: string;
  /** Empty where it is not known. */
  readonly incarnation: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** Why, as a phrase for an operator. */
  readonly cause: string;
}

/** The name under which every {@linkcode ClusterEvent} is emitted on the telemetry bus. */
export const CLUSTER_EVENT = "muster.cluster.event";

/** Keeps the newest events and tells listeners of each. */
export class EventLog {
  readonly #bus: Bus;
  readonly #max: number;
  readonly #events: ClusterEvent[] = [];
  #count = 0;

  /** Keeps `max` events; older ones are dropped, which the gap in their ids shows. */
  constructor(bus: Bus, max: number) {
    this.#bus = bus;
    this.#max = max;
  }

  /** Adds an event and emits it. */
  add(event: Omit<ClusterEvent, "id">): void {
    const added = { id: ++this.#count, ...event };
    this.#events.push(added);
    if (this.#events.length > this.#max) this.#events.shift();
    this.#bus.emit(CLUSTER_EVENT, { count: 1 }, { ...added });
  }

  /** The kept events with an id above `afterId`, oldest first. */
  after(afterId: number): readonly ClusterEvent[] {
    return this.#events.filter((event) => event.id > afterId);
  }

  /** How many events there were, dropped ones included. */
  get count(): number {
    return this.#count;
  }
}
