import type { IncarnationId } from "./identity.ts";
import type { Invalidation, InvalidationNews, LogPart, LogRow } from "./invalidation.ts";
import { charsOf, InvalidationLog, LOG_CHARS_MAX, OWN_LOG_FACTOR } from "./invalidation_log.ts";
import { type PeerLog, PeerLogs } from "./invalidation_peers.ts";
import { isGone } from "./member.ts";
import type { Roster } from "./roster.ts";
import type { Message } from "./wire/message.ts";

/** Who is lost to DNS and silent for so long adds no invalidation any more. */
export const LOST_MS: number = 15 * 60_000;
/** What came so lately may be on its way to whoever lacks it, from its owner, who keeps more of it. */
const ON_ITS_WAY_MS = 2_000;
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
  readonly #peers = new PeerLogs();
  readonly #startedAtMs: number;
  #self: IncarnationId;
  #own = new InvalidationLog(OWN_LOG_FACTOR);
  #ownGrewAtMs = -Infinity;
  #isActive = false;
  #vouchedAtMs = -Infinity;
  /** Why something will never arrive, found while a message is taken in. */
  #missedCause: string | null = null;

  constructor(options: InvalidationLogsOptions) {
    this.#options = options;
    this.#startedAtMs = options.nowMs();
    this.#self = options.self();
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
    this.#ownGrewAtMs = this.#options.nowMs();
  }

  /** How much of this node's log a peer said to have. */
  confirmedBy(incarnation: IncarnationId): number {
    return this.#peers.get(incarnation)?.confirmed ?? 0;
  }

  /** How many of an incarnation's invalidations have arrived, or are known to have been missed. */
  positionOf(incarnation: IncarnationId): number {
    if (incarnation === this.#self) return this.#own.position;
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
    const rows = [this.#ownRow(this.#own.position)];
    for (const [incarnation, { log: { position }, endedAtMs }] of this.#peers) {
      const isEnded = endedAtMs !== null;
      rows.push({ incarnation, position, ageMs: null, forgottenAgeMs: null, isEnded });
    }
    if (to === null) return { rows, parts: [] };
    const { after, entries } = this.#own.stretch(this.confirmedBy(to));
    return { rows, parts: entries.length === 0 ? [] : [this.#ownPart(after, entries)] };
  }

  /** What the answer to a question tells, which was taken in before. */
  answer({ invalidations: asked }: Message): InvalidationNews | undefined {
    if (!this.#isActive) return undefined;
    const nowMs = this.#options.nowMs();
    const had = new Map(asked?.rows.map(({ incarnation, position }) => [incarnation, position]));
    const rows: LogRow[] = [];
    const parts: LogPart[] = [];
    let ownPosition = this.#own.position;
    const ownHad = had.get(this.#self) ?? 0;
    if (asked !== undefined && ownHad < ownPosition) {
      const { after, entries } = this.#own.stretch(ownHad);
      ownPosition = after + entries.length;
      parts.push(this.#ownPart(after, entries));
    }
    let isWhole = ownPosition === this.#own.position;
    let charsLeft = PARTS_CHARS_MAX;
    for (const [incarnation, peer] of this.#peers) {
      if (peer.isForgotten) continue;
      const { log, endedAtMs, grewAtMs } = peer;
      const after = had.get(incarnation) ?? 0;
      const entries = asked === undefined || after >= log.position ? [] : log.after(after);
      if (entries === null && endedAtMs === null && nowMs - grewAtMs < ON_ITS_WAY_MS) {
        isWhole = false;
        continue;
      }
      rows.push(rowOf(incarnation, peer, nowMs));
      if (entries === null || entries.length === 0 || charsLeft <= 0) continue;
      for (const entry of entries) charsLeft -= charsOf(entry);
      parts.push({ incarnation, after, entries });
    }
    rows.unshift(this.#ownRow(ownPosition));
    // Who is not told all that this node has can't vouch for anything on its word.
    return { rows: isWhole ? rows : rows.map((row) => ({ ...row, ageMs: null })), parts };
  }

  /** Takes in a message; `askedAtMs` is when the question that it answers was sent, null for a question. */
  absorb(message: Message, askedAtMs: number | null): void {
    const { hello, digest, invalidations: news } = message;
    const nowMs = this.#options.nowMs();
    // Who exists has to be known before anybody's word moves the time that is vouched for.
    const sender = this.#peerOf(hello.incarnation, nowMs);
    for (const { incarnation } of digest?.rows ?? []) this.#peerOf(incarnation, nowMs);
    if (news === undefined) {
      // Who does not speak of logs has added nothing to its own, and has none of others.
      if (askedAtMs !== null && sender !== null && sender.log.position === 0) {
        sender.heardAtMs = Math.max(sender.heardAtMs, askedAtMs);
        sender.followedAtMs = Math.max(sender.followedAtMs, askedAtMs);
      }
      return;
    }
    this.#isActive = true;
    for (const { incarnation, isEnded } of news.rows) {
      if (!isEnded) this.#peerOf(incarnation, nowMs);
    }
    for (const part of news.parts) {
      this.#takePart(part, part.incarnation === hello.incarnation, nowMs);
    }
    for (const row of news.rows) {
      if (row.incarnation === this.#self) {
        if (sender !== null) sender.confirmed = Math.max(sender.confirmed, row.position);
      } else if (askedAtMs !== null) this.#takeRow(row, askedAtMs, nowMs);
    }
    const cause = this.#missedCause;
    this.#missedCause = null;
    if (cause !== null) this.listener?.onMissed(cause);
  }

  /** Works out anew who has to be heard, and what can be vouched for. */
  settle(): void {
    const { roster, isComplete, nowMs: clock, awakeMs } = this.#options;
    const self = this.#options.self();
    const [nowMs, awake] = [clock(), awakeMs()];
    if (self !== this.#self) this.#renew(self, nowMs);
    for (const { identity: { incarnation }, status } of roster.members) {
      if (incarnation !== self && !isGone(status)) this.#peerOf(incarnation, nowMs);
    }
    let vouchedAtMs = Infinity;
    for (const [incarnation, peer] of this.#peers) {
      if (this.#isDead(incarnation, peer, nowMs, awake)) {
        this.#peers.age(incarnation, peer, nowMs);
        continue;
      }
      peer.endedAtMs = null;
      peer.isForgotten = false;
      vouchedAtMs = Math.min(vouchedAtMs, peer.heardAtMs);
    }
    this.#vouchedAtMs = isComplete() ? vouchedAtMs : -Infinity;
  }

  #renew(self: IncarnationId, nowMs: number): void {
    this.#peers.takeOver(this.#self, this.#own, this.#ownGrewAtMs, nowMs);
    this.#self = self;
    this.#own = new InvalidationLog(OWN_LOG_FACTOR);
    this.#ownGrewAtMs = -Infinity;
  }

  #ownRow(position: number): LogRow {
    const { forgottenAtMs } = this.#peers;
    const forgottenAgeMs = ageOf(forgottenAtMs, this.#options.nowMs());
    return { incarnation: this.#self, position, ageMs: 0, forgottenAgeMs, isEnded: false };
  }

  #ownPart(after: number, entries: readonly Invalidation[]): LogPart {
    return { incarnation: this.#self, after, entries };
  }

  /** The log of an incarnation that was spoken of as alive; null for this node's own. */
  #peerOf(incarnation: IncarnationId, nowMs: number): PeerLog | null {
    if (incarnation === this.#self) return null;
    const known = this.#peers.get(incarnation);
    if (known !== undefined) {
      known.mentionedAtMs = nowMs;
      return known;
    }
    // Whoever it joined through had not met it when they were last heard, so it had added nothing.
    return this.#peers.begin(incarnation, Math.min(this.#vouchedAtMs, nowMs), nowMs);
  }

  #takePart(part: LogPart, isOwners: boolean, nowMs: number): void {
    const { incarnation, after, entries } = part;
    const peer = this.#peers.get(incarnation);
    if (peer === undefined) return;
    const { log } = peer;
    if (after > log.position) {
      // What others lack its owner may still have, and what they have shows in their rows.
      if (!isOwners) return;
      this.#skip(incarnation, peer, after, nowMs);
    }
    for (const entry of entries.slice(log.position - after)) {
      log.add(entry);
      peer.grewAtMs = nowMs;
      this.listener?.onInvalidation(entry);
    }
  }

  #takeRow(row: LogRow, askedAtMs: number, nowMs: number): void {
    const { incarnation, position, ageMs, forgottenAgeMs, isEnded } = row;
    const known = this.#peers.get(incarnation);
    if (known === undefined && position === 0 && forgottenAgeMs === null) return;
    const peer = known ?? this.#peerOf(incarnation, nowMs)!;
    peer.isEndedByWord = isEnded;
    if (position > peer.log.position) this.#skip(incarnation, peer, position, nowMs);
    if (ageMs === null) return;
    const heardAtMs = askedAtMs - ageMs;
    peer.heardAtMs = Math.max(peer.heardAtMs, heardAtMs);
    if (heardAtMs <= peer.followedAtMs) return;
    const forgottenAtMs = forgottenAgeMs === null ? -Infinity : nowMs - forgottenAgeMs;
    // Nothing is kept here from before this node began.
    if (forgottenAtMs > Math.max(peer.followedAtMs, this.#startedAtMs)) {
      this.#missedCause = `${incarnation} has forgotten some that it alone may have known`;
    }
    peer.followedAtMs = heardAtMs;
    peer.forgottenAtMs = forgottenAtMs;
  }

  /** What is before this position, and not here, will not arrive any more. */
  #skip(incarnation: IncarnationId, peer: PeerLog, position: number, nowMs: number): void {
    peer.log.skipTo(position);
    peer.grewAtMs = nowMs;
    this.#missedCause = `invalidations of ${incarnation} did not arrive`;
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

/** What is told of another's log. Who was only ever told of vouches for nobody who asks. */
function rowOf(incarnation: IncarnationId, peer: PeerLog, nowMs: number): LogRow {
  const { log: { position }, followedAtMs, forgottenAtMs, endedAtMs } = peer;
  const ageMs = ageOf(followedAtMs, nowMs);
  const forgottenAgeMs = ageOf(forgottenAtMs, nowMs);
  return { incarnation, position, ageMs, forgottenAgeMs, isEnded: endedAtMs !== null };
}

function ageOf(atMs: number, nowMs: number): number | null {
  return atMs === -Infinity ? null : nowMs - atMs;
}
