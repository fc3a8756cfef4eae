import type { BaseStage, BaseWant } from "./base_stage.ts";
import type { ClusterState } from "./cluster_state.ts";
import type { FoldedImage } from "./folded_base.ts";
import { hashOfFolded } from "./folded_hash.ts";
import type { Transition } from "./member.ts";
import { decodeBase, encodeBase } from "./wire/base_codec.ts";
import { WireError } from "./wire/byte_reader.ts";
import type { BasePart, FoldedSummary, Message } from "./wire/message.ts";

/** The bytes of a base tell ages: after this they are written anew. */
const ENCODED_MS_MAX = 60_000;

interface EncodedBase {
  readonly hash: string;
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

/** A base that a peer sent, or what is wrong with it. */
type Decoded =
  | { readonly kind: "image"; readonly image: FoldedImage }
  | { readonly kind: "invalid"; readonly reason: string };

/** What came of the parts of a message that speak of folded incarnations. */
export interface AbsorbedBase {
  /** Which base of the sender this node still has to ask for; null for none. */
  readonly wanted: BaseWant | null;
  /** Why the sender's base was refused, or null. */
  readonly refused: string | null;
  readonly transitions: readonly Transition[];
}

/**
 * The part of the exchange by which bases become one. Peers whose bases differ tell which incarnations
 * they folded last; that is mostly enough, as everybody holds copies of the same departed shards. The
 * whole base is fetched where it is not.
 */
export class BaseExchange {
  readonly #state: ClusterState;
  readonly #cellsMax: number;
  #encoded: EncodedBase | null = null;
  #decoded: { readonly part: BasePart; readonly result: Decoded } | null = null;

  constructor(state: ClusterState, cellsMax: number) {
    this.#state = state;
    this.#cellsMax = cellsMax;
  }

  /** What to tell a peer whose base has this hash: nothing where it is the same. */
  summaryFor(hash: string | undefined): FoldedSummary | null {
    const { base } = this.#state.ledger;
    if (hash === undefined || hash === base.hash) return null;
    return { count: base.ids.size, rows: base.recent() };
  }

  /** The part of the base from an offset on that has room in `bytesMax`. */
  part({ hash, offset }: BaseWant, bytesMax: number, nowMs: number): BasePart {
    const encoded = this.#encode(nowMs);
    // Another base than the one that was begun can only be sent from its beginning.
    const from = hash === encoded.hash && offset < encoded.bytes.length ? offset : 0;
    return {
      hash: encoded.hash,
      bytesTotal: encoded.bytes.length,
      offset: from,
      bytes: encoded.bytes.subarray(from, from + bytesMax),
    };
  }

  /** The whole base for who can't be asked for a second part; null where it is too large for one. */
  whole(bytesMax: number, nowMs: number): BasePart | null {
    const part = this.part({ hash: "", offset: 0 }, bytesMax, nowMs);
    return part.bytes.length === part.bytesTotal ? part : null;
  }

  /** What is wrong with a base that is whole in a message, or null. */
  problemOf({ base }: Message, nowMs: number): string | null {
    if (base === null || base.bytes.length < base.bytesTotal) return null;
    const decoded = this.#decode(base, base.bytes, nowMs);
    return decoded.kind === "invalid" ? decoded.reason : null;
  }

  /** Takes in what a message tells of folded incarnations. */
  absorb(message: Message, stage: BaseStage, nowMs: number): AbsorbedBase {
    const { folded, base, digest } = message;
    let transitions: readonly Transition[] = [];
    if (base !== null) {
      const staged = stage.add(base);
      if (staged.kind === "partial") return { wanted: staged.next, refused: null, transitions };
      if (staged.kind === "whole") {
        const decoded = this.#decode(base, staged.bytes, nowMs);
        this.#decoded = null;
        if (decoded.kind === "invalid") {
          return { wanted: null, refused: decoded.reason, transitions };
        }
        transitions = this.#state.joinBase(decoded.image, base.hash, nowMs);
      }
    }
    const hash = digest?.baseHash;
    if (hash === undefined || folded === null || this.#state.ledger.base.covers(hash)) {
      return { wanted: null, refused: null, transitions };
    }
    if (this.#knowsAll(folded)) {
      this.#state.ledger.base.noteCovered(hash);
      return { wanted: null, refused: null, transitions };
    }
    return { wanted: { hash, offset: 0 }, refused: null, transitions };
  }

  /** Whether a peer is behind: it has folded less than this node, and nothing else. */
  #knowsAll({ count, rows }: FoldedSummary): boolean {
    const { ids } = this.#state.ledger.base;
    return count < ids.size &&
      rows.every(({ incarnation, seq }) => (ids.get(incarnation) ?? -1) >= seq);
  }

  #encode(nowMs: number): EncodedBase {
    const { base } = this.#state.ledger;
    const known = this.#encoded;
    if (known?.hash === base.hash && nowMs - known.atMs < ENCODED_MS_MAX) return known;
    return this.#encoded = {
      hash: base.hash,
      bytes: encodeBase(base.image(), nowMs),
      atMs: nowMs,
    };
  }

  #decode(part: BasePart, bytes: Uint8Array, nowMs: number): Decoded {
    if (this.#decoded?.part === part) return this.#decoded.result;
    const result = this.#read(part.hash, bytes, nowMs);
    this.#decoded = { part, result };
    return result;
  }

  #read(hash: string, bytes: Uint8Array, nowMs: number): Decoded {
    try {
      const image = decodeBase(bytes, this.#cellsMax, nowMs);
      const ids = new Map(image.ids.map(({ incarnation, seq }) => [incarnation, seq]));
      if (hashOfFolded(ids, image.shard) !== hash) {
        return { kind: "invalid", reason: `the base must have the hash that was told: ${hash}` };
      }
      return { kind: "image", image };
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return { kind: "invalid", reason: `the base can't be read: ${error.message}` };
    }
  }
}
