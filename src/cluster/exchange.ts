import { Absorber } from "./absorber.ts";
import { BaseExchange } from "./base_exchange.ts";
import type { ClusterState } from "./cluster_state.ts";
import { type DeltaBase, DeltaMaker, PAGE_BYTES_MIN } from "./delta.ts";
import { digestOf } from "./digest.ts";
import type { IncarnationId } from "./identity.ts";
import { wantedBy } from "./wanted.ts";
import type { Departure, Hello, Message, ShardDelta, Want, WantedShard } from "./wire/message.ts";
import { keepEncoded } from "./wire/shard_codec.ts";

/** A row of the digest or of the departed takes less than this, and so does one of what is left for later. */
const ROW_BYTES = 40;
const HEAD_BYTES = 4_096;
/** For how long an own delta may be brought to others as it is: its age is that much too low. */
const OFFERED_MS = 20;

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
  /** Whether the base goes along, if it has room. */
  readonly base?: boolean;
}

/** What a peer was brought of the own shard just now. */
interface Offered {
  readonly incarnation: IncarnationId;
  readonly seq: number;
  readonly revision: number;
  readonly departure: Departure | null;
  readonly base: DeltaBase;
  readonly atMs: number;
  readonly delta: ShardDelta | null;
}

/**
 * The one request that nodes send each other: "this is what I know, send me what is newer". Messages
 * in, messages out; who sends them, and when, is another's business.
 */
export class Exchange {
  readonly #state: ClusterState;
  readonly #options: ExchangeOptions;
  readonly #deltas = new DeltaMaker();
  #offered: Offered | null = null;
  readonly #base: BaseExchange;
  /** Takes in what peers say. */
  readonly absorber: Absorber;
  #isComplete = false;
  #isLeaving = false;

  constructor(state: ClusterState, options: ExchangeOptions) {
    this.#state = state;
    this.#options = options;
    this.#base = new BaseExchange(state, options.cellsMax);
    this.absorber = new Absorber(state, this.#base, options.cellsMax);
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

  /**
   * A request, with what `push` says as far as there is room: a shard that takes several pages has to
   * be fetched.
   */
  request(want: Want, push: Push | null, nowMs: number): Message {
    const shards: ShardDelta[] = [];
    if (push !== null) {
      const base = push.to === null ? undefined : this.absorber.ownHeldBy(push.to);
      const delta = this.#ownDelta(base ?? { sinceSeq: 0, revision: 0, resume: null }, nowMs);
      if (delta !== null) shards.push(delta);
      shards.push(...this.#pushed(push.also ?? [], nowMs));
    }
    const base = push?.base ? this.#base.whole(this.#options.bodyBytesMax / 4, nowMs) : null;
    const digest = digestOf(this.#state, null, nowMs);
    const rest = { departed: null, folded: null, base, more: [] };
    return { hello: this.#hello(), digest, want, shards, ...rest };
  }

  /** The answer to a request that was absorbed before. */
  answer(request: Message, nowMs: number): Message {
    const digest = digestOf(this.#state, request.hello.incarnation, nowMs);
    const departedDiffer = request.want?.kind !== "listed" && request.digest !== null &&
      request.digest.departedHash !== digest.departedHash;
    const departed = departedDiffer ? this.#state.ledger.rows() : null;
    const folded = this.#base.summaryFor(request.digest?.baseHash);
    const wanted = wantedBy(this.#state, request);
    const rows = digest.rows.length + (departed?.length ?? 0) + (folded?.rows.length ?? 0) +
      wanted.length;
    const budget = this.#options.bodyBytesMax - HEAD_BYTES - rows * ROW_BYTES;
    const base = request.want?.kind === "base"
      ? this.#base.part(request.want, Math.max(budget, PAGE_BYTES_MIN), nowMs)
      : null;
    const { shards, more } = this.#page(wanted, budget, nowMs);
    return { hello: this.#hello(), digest, want: null, shards, departed, folded, base, more };
  }

  /** The part of a message that a node refuses to take because it is not of this cluster. */
  isForeign(message: Message): boolean {
    return message.hello.cluster !== this.#options.cluster;
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
    const departure = this.#isLeaving ? "left" : null;
    const { incarnation } = self;
    const { revision } = own;
    const known = this.#offered;
    // A gathering brings the same to all who have the same.
    if (
      known !== null && known.incarnation === incarnation && known.seq === own.seq &&
      known.revision === revision && known.departure === departure &&
      known.base.sinceSeq === base.sinceSeq && known.base.revision === base.revision &&
      nowMs - known.atMs < OFFERED_MS
    ) return known.delta;
    const source = this.#state.source(incarnation, departure, nowMs)!;
    const made = this.#deltas.whole(source, base, this.#options.bodyBytesMax / 2);
    const delta = made === null ? null : keepEncoded(made.delta);
    this.#offered = { incarnation, seq: own.seq, revision, departure, base, atMs: nowMs, delta };
    return delta;
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
}
