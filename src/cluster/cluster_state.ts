import type { OwnShard } from "../metrics/own_shard.ts";
import type { Shard } from "../metrics/shard.ts";
import type { DeltaSource } from "./delta.ts";
import type { Identity, IncarnationId } from "./identity.ts";
import { Ledger } from "./ledger.ts";
import { isGone, type Transition } from "./member.ts";
import type { Replica } from "./replica.ts";
import type { Roster } from "./roster.ts";
import type { Departure } from "./wire/message.ts";

/**
 * All that a node knows: its own shard, copies of its peers', the shards of those that are gone, and
 * the roster that says which is which. Times are awake milliseconds.
 */
export class ClusterState {
  readonly self: Identity;
  readonly own: OwnShard;
  readonly roster: Roster;
  readonly ledger: Ledger = new Ledger();
  readonly #replicas = new Map<IncarnationId, Replica>();
  #stampedAtMs: number;

  constructor(self: Identity, own: OwnShard, roster: Roster, nowMs: number) {
    this.self = self;
    this.own = own;
    this.roster = roster;
    this.#stampedAtMs = nowMs;
  }

  /** Copies of the shards of incarnations that are not gone. */
  get replicas(): ReadonlyMap<IncarnationId, Replica> {
    return this.#replicas;
  }

  /** Publishes the own cells under a new seq. */
  stamp(nowMs: number): void {
    this.own.stamp();
    this.#stampedAtMs = nowMs;
    this.roster.beat(this.own.seq, nowMs);
  }

  /** The own shard as it is published now; it stays as it is while publishing goes on. */
  ownNow(): Shard {
    const { layout, seq, pages, cellCount } = this.own;
    return { layout, seq, pages: pages.map((page) => page.slice()), stamps: null, cellCount };
  }

  /** The copy of an incarnation's shard, gone or not. */
  copyOf(incarnation: IncarnationId): Replica | undefined {
    return this.#replicas.get(incarnation) ?? this.ledger.get(incarnation)?.replica;
  }

  /** The shard of an incarnation, the own one included. */
  shardOf(incarnation: IncarnationId): Shard | undefined {
    return incarnation === this.self.incarnation ? this.own : this.copyOf(incarnation);
  }

  /** What a delta of the incarnation's shard is made from; undefined where nothing is held. */
  source(
    incarnation: IncarnationId,
    ownDeparture: Departure | null,
    nowMs: number,
  ): DeltaSource | undefined {
    if (incarnation === this.self.incarnation) {
      const ageMs = nowMs - this.#stampedAtMs;
      return { identity: this.self, departure: ownDeparture, shard: this.own, ageMs };
    }
    const replica = this.copyOf(incarnation);
    if (replica === undefined) return undefined;
    const departure = this.ledger.get(incarnation)?.departure ?? null;
    const ageMs = nowMs - replica.freshAtMs;
    return { identity: replica.identity, departure, shard: replica, ageMs };
  }

  /** Keeps a copy where the roster says that it belongs. */
  keep(replica: Replica): void {
    const { incarnation } = replica.identity;
    const status = this.roster.member(incarnation)?.status;
    if (status !== undefined && isGone(status)) this.#bury(replica, status as Departure);
    else {
      // The roster forgets who is long gone, and may meet them again: nobody may count twice.
      this.ledger.take(incarnation);
      this.#replicas.set(incarnation, replica);
    }
  }

  /** Moves copies to where the transitions put them, and passes the transitions on. */
  settle(transitions: readonly Transition[]): readonly Transition[] {
    for (const { kind, incarnation } of transitions) {
      if (kind === "left" || kind === "replaced" || kind === "lost") {
        const replica = this.#replicas.get(incarnation);
        if (replica !== undefined) this.#bury(replica, kind);
      } else if (kind === "recovered") {
        const replica = this.ledger.take(incarnation);
        if (replica !== undefined) this.#replicas.set(incarnation, replica);
      }
    }
    return transitions;
  }

  #bury(replica: Replica, departure: Departure): void {
    this.#replicas.delete(replica.identity.incarnation);
    this.ledger.add(replica, departure);
  }
}
