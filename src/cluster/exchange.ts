import type { ClusterState } from "./cluster_state.ts";
import { type DeltaBase, DeltaMaker, PAGE_BYTES_MIN } from "./delta.ts";
import { digestOf } from "./digest.ts";
import type { IncarnationId } from "./identity.ts";
import type { Transition } from "./member.ts";
import type { PageStage } from "./page_stage.ts";
import { Replica } from "./replica.ts";
import { wantedBy } from "./wanted.ts";
import type {
  DepartedRow,
  DigestRow,
  Hello,
  Message,
  ShardDelta,
  Want,
  WantedShard,
} from "./wire/message.ts";

/** A row of the digest or of the departed takes less than this, and so does one of what is left for later. */
const ROW_BYTES = 40;
const HEAD_BYTES = 4_096;
/** Peers whose copies of the own shard are remembered; to any other a push sends all of it. */
const HOLDERS_MAX = 4_096;

/** What an exchange works with. */
export interface ExchangeOptions {
  readonly cluster: string;
  /** A message of ours stays below this. */
  readonly bodyBytesMax: number;
  /** A peer's shard with more cells is refused. */
  readonly cellsMax: number;
}

/**
 * What a request brings besides its question: what the peer `to` lacks of this node's own shard, and of
 * the shards in `also`, which say what the peer has. Null is a peer of which nothing is known yet.
 */
export interface Push {
  readonly to: IncarnationId | null;
  readonly also?: readonly WantedShard[];
}

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
  readonly refused: readonly RefusedShard[];
}

/**
 * The one request that nodes send each other: "this is what I know, send me what is newer". Messages
 * in, messages out; who sends them, and when, is another's business.
 */
export class Exchange {
  readonly #state: ClusterState;
  readonly #options: ExchangeOptions;
  readonly #deltas = new DeltaMaker();
  /** What each peer said to hold of this node's shard, so that pushes begin there. */
  readonly #heldByPeer = new Map<IncarnationId, DeltaBase>();
  #isComplete = false;
  #isLeaving = false;

  constructor(state: ClusterState, options: ExchangeOptions) {
    this.#state = state;
    this.#options = options;
  }

  /** Whether this node holds all that the cluster knows. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Says that this node holds all that the cluster knows; stays so for its life. */
  setComplete(): void {
    this.#isComplete = true;
  }

  /** Whether this node is about to exit. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** From here on every shard that this node sends of itself is its last; never turns back. */
  setLeaving(): void {
    this.#isLeaving = true;
  }

  /** The seq of this node's shard that a peer said to hold; 0 for none. */
  ownSeqHeldBy(incarnation: IncarnationId): number {
    return this.#heldByPeer.get(incarnation)?.sinceSeq ?? 0;
  }

  /**
   * A request, with what `push` says as far as there is room: a shard that takes several pages has to
   * be fetched.
   */
  request(want: Want, push: Push | null, nowMs: number): Message {
    const shards: ShardDelta[] = [];
    if (push !== null) {
      const base = push.to === null ? undefined : this.#heldByPeer.get(push.to);
      const delta = this.#ownDelta(base ?? { sinceSeq: 0, revision: 0, resume: null }, nowMs);
      if (delta !== null) shards.push(delta);
      shards.push(...this.#pushed(push.also ?? [], nowMs));
    }
    const digest = digestOf(this.#state, null, nowMs);
    return { hello: this.#hello(), digest, want, shards, departed: null, more: [] };
  }

  /** The answer to a request that was absorbed before. */
  answer(request: Message, nowMs: number): Message {
    const digest = digestOf(this.#state, request.hello.incarnation, nowMs);
    const departedDiffer = request.want?.kind !== "listed" && request.digest !== null &&
      request.digest.departedHash !== digest.departedHash;
    const departed = departedDiffer ? this.#state.ledger.rows() : null;
    const wanted = wantedBy(this.#state, request);
    const rows = digest.rows.length + (departed?.length ?? 0) + wanted.length;
    const budget = this.#options.bodyBytesMax - HEAD_BYTES - rows * ROW_BYTES;
    const { shards, more } = this.#page(wanted, budget, nowMs);
    return { hello: this.#hello(), digest, want: null, shards, departed, more };
  }

  /** The part of a message that a node refuses to take because it is not of this cluster. */
  isForeign(message: Message): boolean {
    return message.hello.cluster !== this.#options.cluster;
  }

  /**
   * What is wrong with a message as a whole, or null. To be asked before anything of it is applied;
   * a shard that only comes too late, or would make a counter fall, is no fault of the message.
   */
  problemOf(message: Message): string | null {
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

  /** Takes in all that a message tells; `stage` keeps pages until their shard is whole. */
  absorb(message: Message, stage: PageStage, nowMs: number): Absorbed {
    const sender = message.hello;
    const transitions: Transition[] = [];
    const refused: RefusedShard[] = [];
    const wanted: WantedShard[] = [];
    const own = message.digest?.rows.find((row) => row.incarnation === sender.incarnation);
    transitions.push(...this.#hear(sender, own?.heardSeq ?? 0, 0, true, nowMs));
    for (const page of message.shards) {
      const staged = stage.add(page);
      if (staged.kind === "partial") wanted.push(staged.next);
      else if (staged.kind === "whole") {
        transitions.push(...this.#absorbShard(staged.delta, sender, refused, wanted, nowMs));
      }
    }
    for (const row of message.digest?.rows ?? []) {
      transitions.push(...this.#absorbRow(row, sender, nowMs));
    }
    for (const row of message.departed ?? []) {
      transitions.push(...this.#absorbDeparted(row, wanted, nowMs));
    }
    wanted.push(...message.more);
    return { transitions, wanted, refused };
  }

  #hello(): Hello {
    return {
      ...this.#state.self,
      cluster: this.#options.cluster,
      complete: this.#isComplete,
      leaving: this.#isLeaving,
    };
  }

  #ownDelta(base: DeltaBase, nowMs: number): ShardDelta | null {
    const { self, own } = this.#state;
    if (base.sinceSeq >= own.seq && !this.#isLeaving) return null;
    const source = this.#state.source(self.incarnation, this.#isLeaving ? "left" : null, nowMs)!;
    return this.#deltas.whole(source, base, this.#options.bodyBytesMax / 2)?.delta ?? null;
  }

  #pushed(shards: readonly WantedShard[], nowMs: number): ShardDelta[] {
    const deltas: ShardDelta[] = [];
    let left = this.#options.bodyBytesMax / 2;
    for (const base of shards) {
      const source = this.#state.source(base.incarnation, null, nowMs);
      if (source === undefined || base.incarnation === this.#state.self.incarnation) continue;
      const made = this.#deltas.whole(source, base, Math.max(left, PAGE_BYTES_MIN));
      if (made === null || made.bytesMax > left) continue;
      left -= made.bytesMax;
      deltas.push(made.delta);
    }
    return deltas;
  }

  #page(
    wanted: readonly WantedShard[],
    budget: number,
    nowMs: number,
  ): { readonly shards: ShardDelta[]; readonly more: WantedShard[] } {
    const shards: ShardDelta[] = [];
    const more: WantedShard[] = [];
    let left = budget;
    for (const shard of wanted) {
      const source = this.#state.source(
        shard.incarnation,
        this.#isLeaving ? "left" : null,
        nowMs,
      );
      if (source === undefined || source.shard.seq <= shard.sinceSeq) continue;
      // The first page goes even where rows left no room for it, so that asking on comes to an end.
      if (left < PAGE_BYTES_MIN && shards.length > 0) {
        more.push(shard);
        continue;
      }
      const { delta, bytesMax } = this.#deltas.make(source, shard, Math.max(left, PAGE_BYTES_MIN));
      left -= bytesMax;
      shards.push(delta);
    }
    return { shards, more };
  }

  #copyFor(delta: ShardDelta): Replica {
    return this.#state.copyOf(delta.identity.incarnation) ??
      new Replica(delta.identity, this.#options.cellsMax);
  }

  #absorbShard(
    delta: ShardDelta,
    sender: Hello,
    refused: RefusedShard[],
    wanted: WantedShard[],
    nowMs: number,
  ): readonly Transition[] {
    const { identity, departure, seq, ageMs } = delta;
    const { incarnation, node } = identity;
    if (incarnation === this.#state.self.incarnation) return [];
    const isKnown = this.#state.roster.member(incarnation) !== undefined;
    if (departure !== null && !isKnown) this.#state.roster.adopt(identity, departure, seq, nowMs);
    const transitions = departure === null
      ? [...this.#hear(identity, seq, ageMs, incarnation === sender.incarnation, nowMs)]
      : [];
    const copy = this.#copyFor(delta);
    const verdict = copy.check(delta);
    switch (verdict.kind) {
      case "fits":
        copy.apply(delta, verdict.changes, nowMs);
        this.#state.keep(copy);
        break;
      case "gap":
        wanted.push({
          incarnation,
          sinceSeq: copy.seq,
          revision: copy.layout.revision,
          resume: null,
        });
        break;
      case "falls":
      case "invalid":
        refused.push({ node, incarnation, kind: verdict.kind, reason: verdict.reason });
    }
    delta.cells.release();
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
    if (incarnation === this.#state.self.incarnation) return [];
    const copy = this.#state.copyOf(incarnation);
    if ((copy?.seq ?? 0) < seq) {
      const revision = copy?.layout.revision ?? 0;
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
    const heard = {
      identity: { node, incarnation, startedAtMs, version, address },
      seq,
      ageMs,
      direct,
    };
    return this.#state.settle(this.#state.roster.hear(heard, nowMs));
  }
}
