import type { IncarnationId } from "./identity.ts";
import { InvalidationLog } from "./invalidation_log.ts";

/** So long the log of who is dead is told of; kept is it twice as long, so that no echo is news. */
export const ENDED_MS: number = 15 * 60_000;
/** Logs beyond that of which it is remembered how far they had come, for who returns from the dead. */
const REMEMBERED_MAX = 1_000;

/** Another incarnation's log, as far as this node has it. */
export interface PeerLog {
  readonly log: InvalidationLog;
  /** When something last came to it here; -Infinity for never. */
  grewAtMs: number;
  /** All that was added before this time has arrived here. */
  heardAtMs: number;
  /** All of any log that the incarnation had by this time has arrived here; -Infinity for never heard. */
  followedAtMs: number;
  /** By then it told no more of logs to which something had come as late as this; -Infinity for none. */
  forgottenAtMs: number;
  /** How much of this node's log the peer said to have. */
  confirmed: number;
  /** When anybody last spoke of it as alive. */
  mentionedAtMs: number;
  endedAtMs: number | null;
  /** Whether who told of it last knew it as dead. */
  isEndedByWord: boolean;
  /** Whether it ended so long ago that it is not told of. */
  isForgotten: boolean;
  /** How late the latest was of what this node has forgotten with it; -Infinity for nothing. */
  lostAtMs: number;
}

/** What stays of a log whose entries are gone. */
type Remembered = Pick<PeerLog, "followedAtMs" | "forgottenAtMs"> & { readonly position: number };

/** The logs of all other incarnations, and what became of those of the dead. */
export class PeerLogs {
  readonly #logs = new Map<IncarnationId, PeerLog>();
  readonly #remembered = new Map<IncarnationId, Remembered>();
  #forgottenAtMs = -Infinity;

  /** This node tells no more of logs to which something came as late as this; -Infinity for none. */
  get forgottenAtMs(): number {
    return this.#forgottenAtMs;
  }

  /** A log, or undefined where it is not known. */
  get(incarnation: IncarnationId): PeerLog | undefined {
    return this.#logs.get(incarnation);
  }

  /** Every log. */
  [Symbol.iterator](): IterableIterator<[IncarnationId, PeerLog]> {
    return this.#logs.entries();
  }

  /** Begins a log that was not known, of which nothing can be missing before `heardAtMs`. */
  begin(incarnation: IncarnationId, heardAtMs: number, nowMs: number): PeerLog {
    const before = this.#remembered.get(incarnation);
    const log = new InvalidationLog();
    if (before !== undefined) log.skipTo(before.position);
    const peer: PeerLog = {
      log,
      grewAtMs: -Infinity,
      heardAtMs: Math.min(before?.followedAtMs ?? Infinity, heardAtMs),
      followedAtMs: before?.followedAtMs ?? -Infinity,
      forgottenAtMs: before?.forgottenAtMs ?? -Infinity,
      confirmed: 0,
      mentionedAtMs: nowMs,
      endedAtMs: null,
      isEndedByWord: false,
      isForgotten: false,
      lostAtMs: -Infinity,
    };
    this.#logs.set(incarnation, peer);
    return peer;
  }

  /**
   * This node's own log goes on under another incarnation: what it was until now is told as the log of
   * one that ended, and so is what this node has forgotten by now.
   */
  takeOver(
    incarnation: IncarnationId,
    log: InvalidationLog,
    grewAtMs: number,
    nowMs: number,
  ): void {
    const peer = this.begin(incarnation, nowMs, nowMs);
    peer.log.copy(log);
    peer.grewAtMs = grewAtMs;
    peer.followedAtMs = nowMs;
    peer.forgottenAtMs = this.#forgottenAtMs;
    this.#forgottenAtMs = -Infinity;
    for (const each of this.#logs.values()) each.confirmed = 0;
  }

  /** The incarnation is dead, and its log ages. */
  age(incarnation: IncarnationId, peer: PeerLog, nowMs: number): void {
    peer.endedAtMs ??= nowMs;
    const endedMs = nowMs - peer.endedAtMs;
    peer.isForgotten = endedMs > ENDED_MS;
    if (!peer.isForgotten) return;
    const lostAtMs = Math.max(peer.grewAtMs, peer.forgottenAtMs);
    // Once only: what this node lost in an earlier life is told with that life's log.
    if (lostAtMs > peer.lostAtMs) this.#forgottenAtMs = Math.max(this.#forgottenAtMs, lostAtMs);
    peer.lostAtMs = lostAtMs;
    if (endedMs <= 2 * ENDED_MS) return;
    this.#logs.delete(incarnation);
    const { log: { position }, followedAtMs, forgottenAtMs } = peer;
    // What is put in anew is the last to go.
    this.#remembered.delete(incarnation);
    this.#remembered.set(incarnation, { position, followedAtMs, forgottenAtMs });
    if (this.#remembered.size <= REMEMBERED_MAX) return;
    const [oldest] = this.#remembered.keys();
    this.#remembered.delete(oldest!);
  }
}
