import type { BaseExchange } from "./base_exchange.ts";
import type { BaseWant } from "./base_stage.ts";
import type { ClusterState } from "./cluster_state.ts";
import type { DeltaBase } from "./delta.ts";
import type { IncarnationId } from "./identity.ts";
import type { Transition } from "./member.ts";
import type { PageStage } from "./page_stage.ts";
import { Replica } from "./replica.ts";
import type {
  DepartedRow,
  DigestRow,
  Hello,
  Message,
  ShardDelta,
  WantedShard,
} from "./wire/message.ts";

/** Peers whose copies of the own shard are remembered; to any other a push sends all of it. */
const HOLDERS_MAX = 4_096;

/** A shard that was refused, and why. */
export interface RefusedShard {
  readonly node: string;
  readonly incarnation: IncarnationId;
  readonly kind: "falls" | "invalid";
  readonly reason: string;
}

/** What came of a message. */
export interface Absorbed {
  readonly transitions: readonly Transition[];
  /** What the sender has and this node still lacks: ask for it. */
  readonly wanted: readonly WantedShard[];
  /** The sender's base, where this node lacks something of it. */
  readonly wantedBase: BaseWant | null;
  readonly refused: readonly RefusedShard[];
  /** Whether the sender has folded this node itself, which must begin a new life. */
  readonly isFolded: boolean;
}

/** Takes in what peers say: checks it whole, and then brings copies, roster, ledger and base up to date. */
export class Absorber {
  readonly #state: ClusterState;
  readonly #base: BaseExchange;
  readonly #cellsMax: number;
  /** What each peer said to hold of this node's shard, so that pushes begin there. */
  readonly #heldByPeer = new Map<IncarnationId, DeltaBase>();

  constructor(state: ClusterState, base: BaseExchange, cellsMax: number) {
    this.#state = state;
    this.#base = base;
    this.#cellsMax = cellsMax;
  }

  /** What a peer said to hold of this node's shard; undefined for nothing. */
  ownHeldBy(peer: IncarnationId): DeltaBase | undefined {
    return this.#heldByPeer.get(peer);
  }

  /** Forgets what peers said to hold of this node's shard: it is another incarnation's now. */
  forgetHolders(): void {
    this.#heldByPeer.clear();
  }

  /**
   * What is wrong with a message as a whole, or null. To be asked before anything of it is applied;
   * a shard that only comes too late, or would make a counter fall, is no fault of the message.
   */
  problemOf(message: Message, nowMs: number): string | null {
    const problem = this.#base.problemOf(message, nowMs);
    if (problem !== null) return problem;
    const seen = new Set<IncarnationId>();
    for (const delta of message.shards) {
      const { incarnation, node } = delta.identity;
      if (seen.has(incarnation)) return `a message must hold one shard of "${node}" at most`;
      seen.add(incarnation);
      if (delta.next !== null) continue;
      const problem = this.#copyFor(delta).problemOf(delta);
      if (problem !== null) return `the shard of "${node}" is invalid: ${problem}`;
    }
    return null;
  }

  /**
   * Takes in all that a message tells; `stage` keeps pages until their shard is whole. The shards were
   * made `shardsMs` ago at most, which is added to the ages that they had then.
   */
  absorb(message: Message, stage: PageStage, shardsMs: number, nowMs: number): Absorbed {
    const sender = message.hello;
    const transitions: Transition[] = [];
    const refused: RefusedShard[] = [];
    const wanted: WantedShard[] = [];
    const folded = message.folded?.rows ?? [];
    const self = this.#state.self.incarnation;
    transitions.push(...this.#state.foldLike(folded, nowMs));
    const base = this.#base.absorb(message, stage.base, nowMs);
    transitions.push(...base.transitions);
    const isFolded = this.#state.isFolded(self) ||
      folded.some(({ incarnation }) => incarnation === self);
    if (base.refused !== null) {
      const { node, incarnation } = sender;
      refused.push({ node, incarnation, kind: "invalid", reason: base.refused });
    }
    const own = message.digest?.rows.find((row) => row.incarnation === sender.incarnation);
    transitions.push(...this.#hear(sender, own?.heardSeq ?? 0, 0, true, nowMs));
    for (const page of message.shards) {
      const staged = stage.add(page);
      if (staged.kind === "partial") wanted.push(staged.next);
      else if (staged.kind === "whole") {
        const { delta } = staged;
        if (delta.departure === null) transitions.push(...this.#hearOwner(delta, message, nowMs));
        transitions.push(...this.#absorbShard(delta, refused, wanted, shardsMs, nowMs));
      }
    }
    for (const row of message.digest?.rows ?? []) {
      transitions.push(...this.#absorbRow(row, sender, nowMs));
    }
    for (const row of message.departed ?? []) {
      transitions.push(...this.#absorbDeparted(row, wanted, nowMs));
    }
    wanted.push(...message.more);
    return { transitions, wanted, wantedBase: base.wanted, refused, isFolded };
  }

  #copyFor(delta: ShardDelta): Replica {
    return this.#state.copyOf(delta.identity.incarnation) ??
      new Replica(delta.identity, this.#cellsMax);
  }

  /**
   * A shard is word of its owner. How long ago the owner was alive is what the digest tells: the age of
   * the shard's values is what it may be at the most, with time on the way that nobody knows.
   */
  #hearOwner(delta: ShardDelta, { hello, digest }: Message, nowMs: number): readonly Transition[] {
    const { identity, seq, ageMs } = delta;
    const { incarnation } = identity;
    if (incarnation === this.#state.self.incarnation) return [];
    const isDirect = incarnation === hello.incarnation;
    const row = isDirect
      ? undefined
      : digest?.rows.find((row) => row.incarnation === incarnation && row.heardSeq >= seq);
    return this.#hear(identity, row?.heardSeq ?? seq, row?.ageMs ?? ageMs, isDirect, nowMs);
  }

  #absorbShard(
    delta: ShardDelta,
    refused: RefusedShard[],
    wanted: WantedShard[],
    shardsMs: number,
    nowMs: number,
  ): readonly Transition[] {
    const { identity, departure, seq } = delta;
    const { incarnation, node } = identity;
    if (incarnation === this.#state.self.incarnation || this.#state.isFolded(incarnation)) {
      return [];
    }
    const isKnown = this.#state.roster.member(incarnation) !== undefined;
    if (departure !== null && !isKnown) this.#state.roster.adopt(identity, departure, seq, nowMs);
    const transitions: Transition[] = [];
    const copy = this.#copyFor(delta);
    const verdict = copy.check(delta);
    switch (verdict.kind) {
      case "fits":
        copy.apply(delta, verdict.changes, nowMs - shardsMs);
        this.#state.keep(copy);
        break;
      case "gap":
        wanted.push({
          incarnation,
          sinceSeq: copy.seq,
          revision: copy.revision,
          resume: null,
        });
        break;
      case "falls":
      case "invalid":
        refused.push({ node, incarnation, kind: verdict.kind, reason: verdict.reason });
    }
    delta.cells.release();
    delta.additions.release();
    // Who departed is gone only once its last shard is here.
    if (departure !== null && copy.seq >= seq) {
      transitions.push(
        ...this.#state.settle(this.#state.roster.departed(incarnation, departure, nowMs)),
      );
    }
    return transitions;
  }

  #absorbRow(row: DigestRow, sender: Hello, nowMs: number): readonly Transition[] {
    const { incarnation, heardSeq, heldSeq, revision, ageMs } = row;
    if (incarnation === this.#state.self.incarnation) {
      this.#noteHeld(sender.incarnation, { sinceSeq: heldSeq, revision, resume: null });
      return [];
    }
    const member = this.#state.roster.member(incarnation);
    if (member === undefined || incarnation === sender.incarnation) return [];
    return this.#hear(member.identity, heardSeq, ageMs, false, nowMs);
  }

  #noteHeld(holder: IncarnationId, base: DeltaBase): void {
    this.#heldByPeer.delete(holder);
    this.#heldByPeer.set(holder, base);
    if (this.#heldByPeer.size <= HOLDERS_MAX) return;
    const [longestUnheard] = this.#heldByPeer.keys();
    this.#heldByPeer.delete(longestUnheard!);
  }

  #absorbDeparted(
    row: DepartedRow,
    wanted: WantedShard[],
    nowMs: number,
  ): readonly Transition[] {
    const { incarnation, seq, departure } = row;
    if (incarnation === this.#state.self.incarnation || this.#state.isFolded(incarnation)) {
      return [];
    }
    const copy = this.#state.copyOf(incarnation);
    if ((copy?.seq ?? 0) < seq) {
      const revision = copy?.revision ?? 0;
      wanted.push({ incarnation, sinceSeq: copy?.seq ?? 0, revision, resume: null });
      return [];
    }
    return this.#state.settle(this.#state.roster.departed(incarnation, departure, nowMs));
  }

  #hear(
    identity: Hello | ShardDelta["identity"],
    seq: number,
    ageMs: number,
    direct: boolean,
    nowMs: number,
  ): readonly Transition[] {
    const { node, incarnation, startedAtMs, version, address } = identity;
    if (this.#state.isFolded(incarnation)) return [];
    const heard = {
      identity: { node, incarnation, startedAtMs, version, address },
      seq,
      ageMs,
      direct,
    };
    return this.#state.settle(this.#state.roster.hear(heard, nowMs));
  }
}
