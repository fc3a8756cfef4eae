import type { OwnShard } from "../metrics/own_shard.ts";
import type { Shard } from "../metrics/shard.ts";
import type { DeltaSource } from "./delta.ts";
import type { Identity, IncarnationId } from "./identity.ts";
import type { FoldedImage } from "./folded_base.ts";
import { Ledger, LEDGER_LIMITS, type LedgerLimits } from "./ledger.ts";
import { seriesToForget } from "./ledger_budget.ts";
import { isGone, type Transition } from "./member.ts";
import { hashOfFolded } from "./folded_hash.ts";
import type { LedgerSnapshot } from "./ledger_snapshot.ts";
import { Replica } from "./replica.ts";
import type { Roster } from "./roster.ts";
import type { Departure, FoldedRow } from "./wire/message.ts";

/**
 * All that a node knows: its own shard, copies of its peers', the shards of those that are gone, and
 * the roster that says which is which. Times are awake milliseconds.
 */
export class ClusterState {
  readonly own: OwnShard;
  readonly roster: Roster;
  readonly ledger: Ledger;
  readonly #limits: LedgerLimits;
  readonly #replicas = new Map<IncarnationId, Replica>();
  #self: Identity;
  #stampedAtMs: number;

  constructor(
    self: Identity,
    own: OwnShard,
    roster: Roster,
    nowMs: number,
    limits: LedgerLimits = LEDGER_LIMITS,
  ) {
    this.#self = self;
    this.own = own;
    this.roster = roster;
    this.ledger = new Ledger(limits);
    this.#limits = limits;
    this.#stampedAtMs = nowMs;
  }

  /** Who this node is; changed by {@linkcode ClusterState.renew} alone. */
  get self(): Identity {
    return this.#self;
  }

  /** Copies of the shards of incarnations that are not gone. */
  get replicas(): ReadonlyMap<IncarnationId, Replica> {
    return this.#replicas;
  }

  /** This process stood still: awake time did not go on, and all that it holds grew older. */
  stoodStill(ms: number): void {
    this.#stampedAtMs -= ms;
    for (const replica of this.#replicas.values()) replica.grewOlder(ms);
  }

  /** Publishes the own cells under a new seq. */
  stamp(nowMs: number): void {
    this.own.stamp();
    this.#stampedAtMs = nowMs;
    this.roster.beat(this.own.seq, nowMs);
  }

  /** The own shard as it is published now; it stays as it is while publishing goes on. */
  ownNow(): Shard {
    return this.own.snapshot();
  }

  /** The copy of an incarnation's shard, gone or not. */
  copyOf(incarnation: IncarnationId): Replica | undefined {
    return this.#replicas.get(incarnation) ?? this.ledger.get(incarnation)?.replica;
  }

  /** Up to which seq an incarnation's values are held, be it as a copy or folded; 0 for nothing. */
  heldSeq(incarnation: IncarnationId): number {
    return this.ledger.base.ids.get(incarnation) ?? this.copyOf(incarnation)?.seq ?? 0;
  }

  /** Whether an incarnation was folded, so that nothing of it counts any more. */
  isFolded(incarnation: IncarnationId): boolean {
    return this.ledger.base.ids.has(incarnation);
  }

  /** The shard of an incarnation, the own one included. */
  shardOf(incarnation: IncarnationId): Shard | undefined {
    return incarnation === this.#self.incarnation ? this.own : this.copyOf(incarnation);
  }

  /** What a delta of the incarnation's shard is made from; undefined where nothing is held. */
  source(
    incarnation: IncarnationId,
    ownDeparture: Departure | null,
    nowMs: number,
  ): DeltaSource | undefined {
    if (incarnation === this.#self.incarnation) {
      const ageMs = nowMs - this.#stampedAtMs;
      return { identity: this.#self, departure: ownDeparture, shard: this.own, ageMs };
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

  /** Folds who has been gone for long, and keeps the base within its limits. */
  foldGone(nowMs: number): void {
    this.ledger.fold(this.ledger.due(nowMs), nowMs);
    this.ledger.settle(nowMs);
    this.#trimBase(nowMs);
  }

  /**
   * Folds the own copies of what a peer has folded. Who this node holds for alive is gone with that: to
   * count it besides the peer's base would count it twice.
   */
  foldLike(rows: readonly FoldedRow[], nowMs: number): readonly Transition[] {
    const news = rows.map(({ incarnation }) => incarnation).filter((incarnation) =>
      incarnation !== this.#self.incarnation && !this.isFolded(incarnation)
    );
    const transitions = news.flatMap((incarnation) => this.roster.folded(incarnation, nowMs));
    this.settle(transitions);
    for (const incarnation of news) {
      const replica = this.#replicas.get(incarnation);
      if (replica !== undefined) this.#bury(replica, "lost");
    }
    this.ledger.fold(news, nowMs);
    return transitions;
  }

  /**
   * Takes over a peer's base of this hash; see `FoldedBase.join`. It may tell of more than the peer's
   * summary did, so the own copies of all that is in it are folded first.
   */
  joinBase(image: FoldedImage, hash: string, nowMs: number): readonly Transition[] {
    const transitions = this.foldLike(image.ids, nowMs);
    const { incarnation } = this.#self;
    if (image.ids.some((row) => row.incarnation === incarnation)) this.#foldOwn(nowMs);
    this.ledger.base.join(image, hash);
    this.ledger.settleNow(nowMs);
    this.#trimBase(nowMs);
    return transitions;
  }

  /**
   * Begins a new life as `identity`: peers have folded the old one, which they held for gone. Its
   * values are folded here as well, and the own cells begin from zero.
   */
  renew(identity: Identity, nowMs: number): readonly Transition[] {
    this.#foldOwn(nowMs);
    this.#self = identity;
    const transitions = this.roster.renew(identity, nowMs);
    this.stamp(nowMs);
    return transitions;
  }

  /**
   * Takes up what a node of an earlier time had kept: whoever counted it is departed. Gives why shards
   * were left out.
   */
  restore({ base, shards }: LedgerSnapshot, cellsMax: number, nowMs: number): readonly string[] {
    const ids = new Map(base.ids.map(({ incarnation, seq }) => [incarnation, seq]));
    this.joinBase(base, hashOfFolded(ids, base.shard), nowMs);
    const refused: string[] = [];
    for (const delta of shards) {
      const { identity, seq } = delta;
      if (this.isFolded(identity.incarnation)) continue;
      const replica = new Replica(identity, cellsMax);
      const verdict = replica.check(delta);
      if (verdict.kind !== "fits") {
        refused.push(`"${identity.node}": ${"reason" in verdict ? verdict.reason : verdict.kind}`);
        continue;
      }
      replica.apply(delta, verdict.changes, nowMs);
      this.roster.adopt(identity, "lost", seq, nowMs);
      this.#bury(replica, "lost");
    }
    return refused;
  }

  /** Folds the own cells, once in this life, and publishes from here on only what they get more. */
  #foldOwn(nowMs: number): void {
    const { incarnation, startedAtMs: bornAtMs } = this.#self;
    if (this.isFolded(incarnation)) return;
    this.own.stamp();
    this.ledger.base.fold([{ incarnation, shard: this.ownNow(), bornAtMs, goneAtMs: nowMs }]);
    this.ledger.settleNow(nowMs);
    this.own.restart();
  }

  #trimBase(nowMs: number): void {
    const { base } = this.ledger;
    if (base.sums.cellCount <= this.#limits.cellsMax) return;
    const living = [this.own, ...this.#replicas.values()].map(({ layout }) => layout);
    this.ledger.forget(seriesToForget(base.sums, living, this.#limits.cellsMax), nowMs);
  }

  #bury(replica: Replica, departure: Departure): void {
    const { incarnation } = replica.identity;
    this.#replicas.delete(incarnation);
    this.ledger.add(replica, departure, this.roster.member(incarnation)?.sinceMs ?? 0);
  }
}
