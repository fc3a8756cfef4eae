import type { Exemplar } from "../metrics/exemplars.ts";
import type { ClusterState } from "./cluster_state.ts";
import { type ExemplarNews, EXEMPLARS_TOLD_MAX } from "./exemplar_news.ts";
import type { IncarnationId } from "./identity.ts";
import type { Message, Want } from "./wire/message.ts";

const NOBODY = "0".repeat(16);
/** What one changed cell, one row of a layout and one exemplar take at most, or nearly so. */
const CELL_BYTES = 13;
const ROW_BYTES = 256;
const EXEMPLAR_BYTES = 640;

/** What this node has of one peer's exemplars. */
interface Copy {
  position: number;
  /** By cell, those that were told last at the end. */
  readonly ofCells: Map<number, Exemplar>;
}

/**
 * The exemplars of other nodes. They ride on the questions of gatherings and their answers: each owner
 * tells the ones that the asker lacks, the newest 1,000 at most, and where shards have left room for
 * them. Nobody tells another's, and nothing is lost with them but a link to a trace.
 */
export class ExemplarExchange {
  readonly #state: ClusterState;
  readonly #bodyBytesMax: number;
  readonly #copies = new Map<IncarnationId, Copy>();

  constructor(state: ClusterState, bodyBytesMax: number) {
    this.#state = state;
    this.#bodyBytesMax = bodyBytesMax;
  }

  /** What a question says; undefined for one that is not of a gathering. */
  request(want: Want): ExemplarNews | undefined {
    if (want.kind !== "own") return undefined;
    const incarnation = want.have?.incarnation ?? NOBODY;
    const position = this.#copies.get(incarnation)?.position ?? 0;
    return { has: { incarnation, position }, told: null };
  }

  /** What goes along with the answer to a question; undefined for nothing. */
  answer(request: Message, answer: Message): ExemplarNews | undefined {
    const has = request.exemplars?.has ?? null;
    const { incarnation } = this.#state.self;
    if (has === null || request.want?.kind !== "own") return undefined;
    const room = Math.floor((this.#bodyBytesMax / 2 - bytesOf(answer)) / EXEMPLAR_BYTES);
    const count = Math.min(EXEMPLARS_TOLD_MAX, room);
    const after = has.incarnation === incarnation ? has.position : 0;
    const { exemplars } = this.#state.own;
    const newest = count > 0 ? exemplars.newest(after, count) : [];
    if (newest.length === 0) return undefined;
    return {
      has: null,
      told: { incarnation, position: exemplars.position, exemplars: newest },
    };
  }

  /** Takes in what an answer tells of its sender. */
  absorb({ hello, exemplars }: Message): void {
    const told = exemplars?.told ?? null;
    // Only its owner tells a shard's exemplars.
    if (told === null || told.incarnation !== hello.incarnation) return;
    if (!this.#state.replicas.has(told.incarnation)) return;
    let copy = this.#copies.get(told.incarnation);
    if (copy === undefined) {
      copy = { position: 0, ofCells: new Map() };
      this.#copies.set(told.incarnation, copy);
    }
    copy.position = told.position;
    const { ofCells } = copy;
    for (const { cell, exemplar } of told.exemplars) {
      ofCells.delete(cell);
      ofCells.set(cell, exemplar);
      if (ofCells.size > EXEMPLARS_TOLD_MAX) ofCells.delete(ofCells.keys().next().value!);
    }
  }

  /** By cell, the exemplars of a peer that this node has. */
  of(incarnation: IncarnationId): ReadonlyMap<number, Exemplar> | undefined {
    return this.#copies.get(incarnation)?.ofCells;
  }

  /** Forgets the exemplars of who is gone. */
  settle(): void {
    for (const incarnation of this.#copies.keys()) {
      if (!this.#state.replicas.has(incarnation)) this.#copies.delete(incarnation);
    }
  }
}

/** About how many bytes the shards of a message take. */
function bytesOf({ shards }: Message): number {
  return shards.reduce(
    (bytes, { cells, additions }) =>
      bytes + cells.cellCount * CELL_BYTES + additions.length * ROW_BYTES,
    0,
  );
}
