import { type Identity, type IncarnationId, isNewer } from "./identity.ts";
import { isGone, type Member, type MemberStatus, type Transition } from "./member.ts";
import type { Departure } from "./wire/message.ts";

/** The times of failure detection, in milliseconds that this node was awake for. */
export interface RosterTimes {
  /** How often a living node raises its seq. Default: 1,000. */
  readonly heartbeatMs: number;
  /** Silence after which a node is suspect. Default: 5,000. */
  readonly suspectAfterMs: number;
  /** Silence after which it is down. Default: 10,000. */
  readonly downAfterMs: number;
}

/** Word of an incarnation's seq. */
export interface Heard {
  readonly identity: Identity;
  readonly seq: number;
  /** Milliseconds since that seq moved, as the teller knows. */
  readonly ageMs: number;
  /** Whether the incarnation itself told it. */
  readonly direct: boolean;
}

/** Heartbeats that a refused connection must come after before silence counts double. */
const REFUSED_HEARTBEATS = 2;
/** Heartbeats for which word of a replaced life may still be on its way. */
const AFTERLIFE_HEARTBEATS = 3;
/** Gone members that are kept to be looked at; the ledger keeps what counts. */
const GONE_MAX = 1_000;

type MutableMember = { -readonly [K in keyof Member]: Member[K] } & {
  readonly addresses: Set<string>;
  /** Whether it was heard itself, or its seq was seen to move: one old seq is no life. */
  confirmed: boolean;
};

/**
 * Who is in the cluster, and in which state: a state machine that is told everything, time included,
 * and answers with the transitions that follow.
 *
 * A node is alive while its seq moves, as told by anybody, so one broken link between two nodes harms
 * neither. Times are awake time (`AwakeClock`), so a stalled node does not blame its peers.
 */
export class Roster {
  #self: MutableMember;
  readonly #times: RosterTimes;
  readonly #members = new Map<IncarnationId, MutableMember>();
  readonly #ownerOf = new Map<string, IncarnationId>();
  #listed: ReadonlySet<string> = new Set();
  #listings = 0;

  constructor(self: Identity, times: RosterTimes, nowMs: number) {
    this.#times = times;
    this.#self = newSelf(self, nowMs);
    this.#members.set(self.incarnation, this.#self);
  }

  /** Every incarnation known, this node's own first, gone ones included. */
  get members(): readonly Member[] {
    return [...this.#members.values()];
  }

  /** An incarnation, or undefined where it is not known. */
  member(incarnation: IncarnationId): Member | undefined {
    return this.#members.get(incarnation);
  }

  /** Who last answered at an address. */
  ownerOf(address: string): IncarnationId | undefined {
    return this.#ownerOf.get(address);
  }

  /** The addresses of the newest DNS answer. */
  get listedAddresses(): ReadonlySet<string> {
    return this.#listed;
  }

  /** Whether an address of the member is listed and nobody else answered there since. */
  isListed(member: Member): boolean {
    const { incarnation } = member.identity;
    for (const address of member.addresses) {
      if (!this.#listed.has(address)) continue;
      if ((this.#ownerOf.get(address) ?? incarnation) === incarnation) return true;
    }
    return false;
  }

  /** A new DNS answer. Unlisted is evidence, not death: only silence makes it a loss. */
  list(addresses: readonly string[]): void {
    this.#listed = new Set(addresses);
    this.#listings++;
  }

  /** This node's own seq moved. */
  beat(seq: number, nowMs: number): void {
    this.#self.heardSeq = seq;
    this.#self.movedAtMs = nowMs;
    this.#self.directAtMs = nowMs;
  }

  /** Word of another incarnation. */
  hear(heard: Heard, nowMs: number): Transition[] {
    const { incarnation } = heard.identity;
    if (incarnation === this.#self.identity.incarnation) return [];
    const known = this.#members.get(incarnation);
    if (known === undefined) return this.#meet(heard, nowMs);
    const movedAtMs = heard.direct ? nowMs : nowMs - heard.ageMs;
    if (heard.direct) {
      known.directAtMs = nowMs;
      known.refusedSinceMs = null;
      if (heard.identity.address !== "") known.addresses.add(heard.identity.address);
    }
    if (heard.seq > known.heardSeq) {
      known.heardSeq = heard.seq;
      known.movedAtMs = Math.max(known.movedAtMs, movedAtMs);
      known.confirmed = true;
    } else if (heard.direct && !isGone(known.status)) {
      known.movedAtMs = nowMs;
      known.confirmed = true;
    } else return [];
    return this.#revive(known, nowMs);
  }

  /** The incarnation answered at an address, after `rttMs`. */
  answered(address: string, incarnation: IncarnationId, rttMs: number): void {
    this.#ownerOf.set(address, incarnation);
    const member = this.#members.get(incarnation);
    if (member === undefined) return;
    member.addresses.add(address);
    member.rttMs = rttMs;
  }

  /** A connection to an address was refused: no process listens there. */
  refused(address: string, nowMs: number): void {
    for (const member of this.#members.values()) {
      if (member === this.#self || isGone(member.status)) continue;
      const owner = this.#ownerOf.get(address);
      const isTheirs = owner === undefined
        ? member.addresses.has(address)
        : owner === member.identity.incarnation;
      if (!isTheirs) continue;
      // A refusal that it outlived says nothing about the next one.
      if (member.refusedSinceMs === null || member.refusedSinceMs < member.movedAtMs) {
        member.refusedSinceMs = nowMs;
      }
    }
  }

  /** Somebody knows the incarnation as gone. */
  departed(incarnation: IncarnationId, departure: Departure, nowMs: number): Transition[] {
    const member = this.#members.get(incarnation);
    if (member === undefined || member === this.#self || isGone(member.status)) return [];
    // Another node's silence is not ours: a loss is believed only by who hears nothing either.
    if (departure === "lost" && this.#silenceMs(member, nowMs) < this.#times.suspectAfterMs) {
      return [];
    }
    // A name is replaced only while this node does not see both lives at once.
    if (departure === "replaced" && member.sharesName) return [];
    const cause = departure === "left"
      ? "it said goodbye"
      : `another node knows it as ${departure}`;
    return [this.#turn(member, departure, nowMs, cause)];
  }

  /** A peer has folded the incarnation: it was gone for the peer, for long, and so it is from now on. */
  folded(incarnation: IncarnationId, nowMs: number): Transition[] {
    const member = this.#members.get(incarnation);
    if (member === undefined || member === this.#self || isGone(member.status)) return [];
    return [this.#turn(member, "lost", nowMs, "another node has long held it for gone")];
  }

  /** This node itself begins a new life, which ends the one before. */
  renew(identity: Identity, nowMs: number): Transition[] {
    const before = this.#self;
    this.#self = newSelf(identity, nowMs);
    for (const address of before.addresses) this.#self.addresses.add(address);
    this.#members.set(identity.incarnation, this.#self);
    const cause = "other nodes had long held it for gone, so it goes on as a new one";
    return [
      this.#turn(before, "replaced", nowMs, cause),
      transition("up", this.#self, `it goes on from ${before.identity.incarnation}`),
    ];
  }

  /** A gone incarnation that a peer's ledger tells of. Nothing happens: it was gone before. */
  adopt(identity: Identity, departure: Departure, seq: number, nowMs: number): void {
    if (this.#members.has(identity.incarnation)) return;
    const member = newMember({ identity, seq, ageMs: 0, direct: false }, nowMs);
    member.movedAtMs = -Infinity;
    member.status = departure;
    this.#members.set(identity.incarnation, member);
    this.#forgetOldest();
  }

  /** Lets time work: silence makes suspect, down, and, for who is unlisted, lost. */
  tick(nowMs: number): Transition[] {
    const transitions: Transition[] = [];
    for (const member of this.#members.values()) {
      if (member === this.#self || isGone(member.status)) continue;
      const transition = this.#judge(member, nowMs);
      if (transition !== null) transitions.push(transition);
    }
    return transitions;
  }

  #meet(heard: Heard, nowMs: number): Transition[] {
    const member = newMember(heard, nowMs);
    this.#members.set(heard.identity.incarnation, member);
    const cause = heard.direct ? "it spoke to this node" : "another node told of it";
    const transitions = [transition("joining", member, cause)];
    transitions.push(...this.#settleName(member, nowMs));
    if (!isGone(member.status)) {
      const judged = this.#judge(member, nowMs);
      if (judged !== null) transitions.push(judged);
    }
    return transitions;
  }

  /** At most one life of a name goes on: the newest, unless an older one proves to be alive. */
  #settleName(member: MutableMember, nowMs: number): Transition[] {
    const transitions: Transition[] = [];
    for (const other of this.#members.values()) {
      if (other === member || isGone(other.status)) continue;
      if (other.identity.node !== member.identity.node) continue;
      const newer = isNewer(member.identity, other.identity) ? member : other;
      const older = newer === member ? other : member;
      if (older === this.#self) {
        member.sharesName = true;
        transitions.push(
          transition("name_conflict", member, "this node uses its name and is alive"),
        );
      } else {
        const cause = `a newer life of the node began: ${newer.identity.incarnation}`;
        transitions.push(this.#turn(older, "replaced", nowMs, cause));
      }
    }
    return transitions;
  }

  #revive(member: MutableMember, nowMs: number): Transition[] {
    if (member.status === "left") return [];
    if (member.status === "replaced") {
      const graceMs = AFTERLIFE_HEARTBEATS * this.#times.heartbeatMs;
      if (member.movedAtMs - member.sinceMs <= graceMs) return [];
      member.sharesName = true;
      const revived = this.#turn(
        member,
        "up",
        nowMs,
        "it is alive, though its node has a newer life",
      );
      return [transition("name_conflict", member, "two living processes use its name"), {
        ...revived,
        kind: "recovered",
      }];
    }
    if (member.status === "lost") {
      if (this.#silenceMs(member, nowMs) >= this.#times.suspectAfterMs) return [];
      return [{ ...this.#turn(member, "up", nowMs, "its seq moves again"), kind: "recovered" }];
    }
    const judged = this.#judge(member, nowMs);
    return judged === null ? [] : [judged];
  }

  #judge(member: MutableMember, nowMs: number): Transition | null {
    const { suspectAfterMs, downAfterMs, heartbeatMs } = this.#times;
    const silenceMs = this.#silenceMs(member, nowMs);
    const isRefused = member.refusedSinceMs !== null && member.refusedSinceMs >= member.movedAtMs;
    const suspectMs = isRefused ? REFUSED_HEARTBEATS * heartbeatMs : suspectAfterMs;
    const downMs = isRefused ? suspectAfterMs : downAfterMs;
    const silence = `silent for ${(silenceMs / 1000).toFixed(1)} s` +
      (isRefused ? ", connections refused" : "");
    if (silenceMs >= downMs) {
      if (member.status !== "down") return this.#turn(member, "down", nowMs, silence);
      if (this.#listings > 0 && !this.isListed(member)) {
        return this.#turn(member, "lost", nowMs, `${silence}, and not in DNS`);
      }
      return null;
    }
    if (silenceMs >= suspectMs) {
      return member.status === "up" ? this.#turn(member, "suspect", nowMs, silence) : null;
    }
    if (member.status === "joining" && member.confirmed) {
      return this.#turn(member, "up", nowMs, "its seq moves");
    }
    if (member.status !== "suspect" && member.status !== "down") return null;
    return { ...this.#turn(member, "up", nowMs, "its seq moves again"), kind: "recovered" };
  }

  #silenceMs(member: Member, nowMs: number): number {
    return nowMs - member.movedAtMs;
  }

  #turn(member: MutableMember, status: MemberStatus, nowMs: number, cause: string): Transition {
    member.status = status;
    member.sinceMs = nowMs;
    if (isGone(status)) this.#forgetOldest();
    return transition(status, member, cause);
  }

  #forgetOldest(): void {
    const gone = [...this.#members.values()].filter((member) => isGone(member.status));
    if (gone.length <= GONE_MAX) return;
    const oldest = gone.reduce((a, b) => a.sinceMs <= b.sinceMs ? a : b);
    this.#members.delete(oldest.identity.incarnation);
    for (const [address, owner] of this.#ownerOf) {
      if (owner === oldest.identity.incarnation) this.#ownerOf.delete(address);
    }
  }
}

function newSelf(identity: Identity, nowMs: number): MutableMember {
  const self = newMember({ identity, seq: 0, ageMs: 0, direct: true }, nowMs);
  self.status = "up";
  return self;
}

function newMember(heard: Heard, nowMs: number): MutableMember {
  const { identity, seq, ageMs, direct } = heard;
  return {
    identity,
    status: "joining",
    sinceMs: nowMs,
    heardSeq: seq,
    movedAtMs: direct ? nowMs : nowMs - ageMs,
    directAtMs: direct ? nowMs : null,
    rttMs: null,
    refusedSinceMs: null,
    addresses: new Set(identity.address === "" ? [] : [identity.address]),
    sharesName: false,
    confirmed: direct,
  };
}

function transition(kind: Transition["kind"], member: Member, cause: string): Transition {
  const { node, incarnation } = member.identity;
  return { kind, node, incarnation, cause };
}
