import type { IncarnationId } from "./identity.ts";
import type { Invalidation, InvalidationNews, LogPart, LogRow } from "./invalidation.ts";
import { charsOf, InvalidationLog, LOG_CHARS_MAX } from "./invalidation_log.ts";
import { isGone } from "./member.ts";
import type { Roster } from "./roster.ts";
import type { Message } from "./wire/message.ts";

/** So long the log of who is dead is told of; kept is it twice as long, so that no echo is news. */
const ENDED_MS = 15 * 60_000;
/** Who is lost to DNS and silent for so long adds no invalidation any more. */
export const LOST_MS: number = 15 * 60_000;
/** Who was out of touch for longer clears: by then, logs of the dead may have been forgotten. */
export const OUT_OF_TOUCH_MS: number = 5 * 60_000;
/** Characters of the parts of one answer. What has no room makes the asker clear. */
const PARTS_CHARS_MAX = 4 * LOG_CHARS_MAX;

/** Told of what happens to the logs of other nodes. */
export interface InvalidationListener {
  /** Another node's invalidation arrived. */
  onInvalidation(entry: Invalidation): void;
  /** Some never will: nothing that is cached can be trusted. */
  onMissed(cause: string): void;
}

/** What the logs work with. */
export interface InvalidationLogsOptions {
  /** This node's incarnation, which may have to begin anew. */
  readonly self: () => IncarnationId;
  readonly roster: Roster;
  /** Whether this node has joined: until then it does not know who else there is. */
  readonly isComplete: () => boolean;
  /** This process's clock, which counts the time that the process was stopped for. */
  readonly nowMs: () => number;
  /** The time in which the roster's ages are. */
  readonly awakeMs: () => number;
}

/** One log, as this node knows it. */
export interface LogStatus {
  readonly incarnation: IncarnationId;
  readonly position: number;
  /** Milliseconds since the log is known to have had no more; null for never. */
  readonly ageMs: number | null;
  readonly isEnded: boolean;
}

interface PeerLog {
  readonly log: InvalidationLog;
  /** All that was added before this time has arrived here. */
  heardAtMs: number;
  /** How much of this node's log the peer said to have. */
  confirmed: number;
  /** When anybody last spoke of it as alive. */
  mentionedAtMs: number;
  endedAtMs: number | null;
  /** Whether who told of it last knew it as dead. */
  isEndedByWord: boolean;
}

/**
 * Every node's log of invalidations, as far as this node has it, and until when it can vouch that
 * nothing is missing. Logs ride on exchanges: a question says how far the asker has each log, the
 * answer brings what it lacks, of any log. Each row of an answer has an age, counted back from when
 * the question was sent, so the way's delay and other clocks don't matter; ages add up over hops.
 */
export class InvalidationLogs {
  /** The caches of this node. */
  listener: InvalidationListener | null = null;
  readonly #options: InvalidationLogsOptions;
  readonly #own = new InvalidationLog();
  readonly #peers = new Map<IncarnationId, PeerLog>();
  #isActive = false;
  #vouchedAtMs = -Infinity;
  #inTouchAtMs: number;

  constructor(options: InvalidationLogsOptions) {
    this.#options = options;
    this.#inTouchAtMs = options.nowMs();
  }

  /**
   * All invalidations that any node made before this time have arrived here; Infinity where there is
   * no other node, -Infinity before this node has joined.
   */
  get vouchedAtMs(): number {
    return this.#vouchedAtMs;
  }

  /** Entries that this node has added. */
  get position(): number {
    return this.#own.position;
  }

  /** From here on messages tell of logs, which nobody pays for in a cluster without caches. */
  activate(): void {
    this.#isActive = true;
  }

  /** Adds to this node's own log. */
  add(entry: Invalidation): void {
    this.#own.add(entry);
  }

  /** How much of this node's log a peer said to have. */
  confirmedBy(incarnation: IncarnationId): number {
    return this.#peers.get(incarnation)?.confirmed ?? 0;
  }

  /** How many of an incarnation's invalidations have arrived, or are known to have been missed. */
  positionOf(incarnation: IncarnationId): number {
    if (incarnation === this.#options.self()) return this.#own.position;
    return this.#peers.get(incarnation)?.log.position ?? 0;
  }

  /** Who has to be heard: the incarnations that are not known to be dead. */
  get living(): IncarnationId[] {
    return Array.from(this.#peers).flatMap(([incarnation, { endedAtMs }]) =>
      endedAtMs === null ? [incarnation] : []
    );
  }

  /** Every log of others, to be looked at. */
  statuses(): LogStatus[] {
    const nowMs = this.#options.nowMs();
    return Array.from(this.#peers, ([incarnation, peer]) => ({
      incarnation,
      position: peer.log.position,
      ageMs: Number.isFinite(peer.heardAtMs) ? Math.round(nowMs - peer.heardAtMs) : null,
      isEnded: peer.endedAtMs !== null,
    }));
  }

  /** What a question tells: how far this node has each log, and what `to` lacks of its own. */
  request(to: IncarnationId | null): InvalidationNews | undefined {
    if (!this.#isActive) return undefined;
    const rows = [this.#ownRow()];
    for (const [incarnation, { log: { position }, endedAtMs }] of this.#peers) {
      rows.push({ incarnation, position, ageMs: null, isEnded: endedAtMs !== null });
    }
    const lacking = to === null ? null : this.#own.after(this.confirmedBy(to));
    const parts = lacking === null || lacking.length === 0 ? [] : [this.#ownPart(lacking)];
    return { rows, parts };
  }

  /** What the answer to a question tells, which was taken in before. */
  answer({ invalidations: asked }: Message): InvalidationNews | undefined {
    if (!this.#isActive) return undefined;
    const nowMs = this.#options.nowMs();
    const rows = [this.#ownRow()];
    const parts: LogPart[] = [];
    const had = new Map(asked?.rows.map(({ incarnation, position }) => [incarnation, position]));
    let charsLeft = PARTS_CHARS_MAX;
    const tell = (incarnation: IncarnationId, log: InvalidationLog) => {
      const after = had.get(incarnation) ?? 0;
      const entries = asked === undefined || after >= log.position ? null : log.after(after);
      if (entries === null || charsLeft <= 0) return;
      for (const entry of entries) charsLeft -= charsOf(entry);
      parts.push({ incarnation, after, entries });
    };
    tell(this.#options.self(), this.#own);
    for (const [incarnation, peer] of this.#peers) {
      const { log, heardAtMs, endedAtMs } = peer;
      if (endedAtMs !== null && nowMs - endedAtMs > ENDED_MS) continue;
      const ageMs = Number.isFinite(heardAtMs) ? nowMs - heardAtMs : null;
      rows.push({ incarnation, position: log.position, ageMs, isEnded: endedAtMs !== null });
      tell(incarnation, log);
    }
    return { rows, parts };
  }

  /** Takes in a message; `askedAtMs` is when the question that it answers was sent, null for a question. */
  absorb(message: Message, askedAtMs: number | null): void {
    const { hello, digest, invalidations: news } = message;
    const nowMs = this.#options.nowMs();
    // Who exists has to be known before anybody's word moves the time that is vouched for.
    const sender = this.#peerOf(hello.incarnation, nowMs);
    for (const { incarnation } of digest?.rows ?? []) this.#peerOf(incarnation, nowMs);
    if (news === undefined) {
      // Who does not speak of logs has added nothing to its own.
      if (askedAtMs !== null && sender !== null && sender.log.position === 0) {
        sender.heardAtMs = Math.max(sender.heardAtMs, askedAtMs);
      }
      return;
    }
    this.#isActive = true;
    for (const { incarnation, isEnded } of news.rows) {
      if (!isEnded) this.#peerOf(incarnation, nowMs);
    }
    for (const part of news.parts) this.#takePart(part);
    for (const row of news.rows) {
      if (row.incarnation === this.#options.self()) {
        if (sender !== null) sender.confirmed = Math.max(sender.confirmed, row.position);
      } else if (askedAtMs !== null) this.#takeRow(row, askedAtMs, nowMs);
    }
  }

  /** Works out anew who has to be heard, and what can be vouched for. */
  settle(): void {
    const { roster, isComplete, nowMs: clock, awakeMs } = this.#options;
    const self = this.#options.self();
    const [nowMs, awake] = [clock(), awakeMs()];
    for (const { identity: { incarnation }, status } of roster.members) {
      if (incarnation !== self && !isGone(status)) this.#peerOf(incarnation, nowMs);
    }
    let vouchedAtMs = Infinity;
    for (const [incarnation, peer] of this.#peers) {
      if (!this.#isDead(incarnation, peer, nowMs, awake)) {
        peer.endedAtMs = null;
        vouchedAtMs = Math.min(vouchedAtMs, peer.heardAtMs);
        continue;
      }
      peer.endedAtMs ??= nowMs;
      if (nowMs - peer.endedAtMs > 2 * ENDED_MS) this.#peers.delete(incarnation);
    }
    this.#vouchedAtMs = isComplete() ? vouchedAtMs : -Infinity;
    if (this.#vouchedAtMs === -Infinity) return;
    const inTouchAtMs = Math.min(this.#vouchedAtMs, nowMs);
    if (inTouchAtMs - this.#inTouchAtMs > OUT_OF_TOUCH_MS) {
      this.listener?.onMissed("this node was out of touch for too long");
    }
    this.#inTouchAtMs = Math.max(this.#inTouchAtMs, inTouchAtMs);
  }

  #ownRow(): LogRow {
    return {
      incarnation: this.#options.self(),
      position: this.#own.position,
      ageMs: 0,
      isEnded: false,
    };
  }

  #ownPart(entries: readonly Invalidation[]): LogPart {
    const after = this.#own.position - entries.length;
    return { incarnation: this.#options.self(), after, entries };
  }

  /** The log of an incarnation that was spoken of as alive; null for this node's own. */
  #peerOf(incarnation: IncarnationId, nowMs: number): PeerLog | null {
    if (incarnation === this.#options.self()) return null;
    const known = this.#peers.get(incarnation);
    if (known !== undefined) {
      known.mentionedAtMs = nowMs;
      return known;
    }
    const peer: PeerLog = {
      log: new InvalidationLog(),
      // Whoever it joined through had not met it when they were last heard, so it had added nothing.
      heardAtMs: Math.min(this.#vouchedAtMs, nowMs),
      confirmed: 0,
      mentionedAtMs: nowMs,
      endedAtMs: null,
      isEndedByWord: false,
    };
    this.#peers.set(incarnation, peer);
    return peer;
  }

  #takePart({ incarnation, after, entries }: LogPart): void {
    const log = this.#peers.get(incarnation)?.log;
    // A stretch that begins too late shows in the rows of an answer; one in a question comes again.
    if (log === undefined || after > log.position) return;
    for (const entry of entries.slice(log.position - after)) {
      log.add(entry);
      this.listener?.onInvalidation(entry);
    }
  }

  #takeRow(row: LogRow, askedAtMs: number, nowMs: number): void {
    const { incarnation, position, ageMs, isEnded } = row;
    if (!this.#peers.has(incarnation) && position === 0) return;
    const peer = this.#peers.get(incarnation) ?? this.#peerOf(incarnation, nowMs)!;
    peer.isEndedByWord = isEnded;
    if (position > peer.log.position) {
      peer.log.skipTo(position);
      this.listener?.onMissed(`invalidations of ${incarnation} did not arrive`);
    }
    if (ageMs !== null) peer.heardAtMs = Math.max(peer.heardAtMs, askedAtMs - ageMs);
  }

  #isDead(incarnation: IncarnationId, peer: PeerLog, nowMs: number, awakeMs: number): boolean {
    const member = this.#options.roster.member(incarnation);
    if (member === undefined) {
      return peer.endedAtMs !== null || peer.isEndedByWord ||
        nowMs - peer.mentionedAtMs > LOST_MS;
    }
    const { status, refusedSinceMs, sinceMs } = member;
    if (status === "left" || status === "replaced") return true;
    // Where connections are refused, there is no process. Silence alone may be a partition.
    if (status === "down") return refusedSinceMs !== null;
    return status === "lost" && (refusedSinceMs !== null || awakeMs - sinceMs > LOST_MS);
  }
}
