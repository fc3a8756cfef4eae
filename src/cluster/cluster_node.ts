import type { Clock } from "../io/clock.ts";
import type { LogSink } from "../io/log.ts";
import type { OwnShard } from "../metrics/own_shard.ts";
import type { Bus } from "../telemetry/bus.ts";
import { AwakeClock } from "./awake_clock.ts";
import { isFirst, type PeerWord } from "./bootstrap.ts";
import { ClusterState } from "./cluster_state.ts";
import type { DiscoveryView } from "./discovery_view.ts";
import { type ClusterEvent, EventLog } from "./event_log.ts";
import { type Absorbed, Exchange, type Push, type RefusedShard } from "./exchange.ts";
import type { Identity, IncarnationId } from "./identity.ts";
import type { InvalidationNews } from "./invalidation.ts";
import { InvalidationLogs } from "./invalidation_logs.ts";
import { isGone, type Transition } from "./member.ts";
import { PageStage } from "./page_stage.ts";
import type { LinkOutcome, PeerLink } from "./peer_link.ts";
import { Roster, type RosterTimes } from "./roster.ts";
import type { Hello, Message, Want, WantedShard } from "./wire/message.ts";

/** Events that are kept to be looked at. */
const EVENTS_MAX = 1_000;
/** Heartbeats that a step of awake time may span. */
const AWAKE_HEARTBEATS = 2;
/** How long an address that another cluster's node has is left alone. */
const FOREIGN_PAUSE_MS = 30_000;
/** Incarnations of which it is remembered that a shard was refused, so that each is told of once. */
const REFUSED_SHARDS_MAX = 1_000;
/** Callers of other clusters that are remembered, so that each is told of once. */
const FOREIGN_CALLERS_MAX = 1_000;

/** What a node is made of. */
export interface ClusterNodeOptions {
  readonly self: Identity;
  readonly own: OwnShard;
  readonly cluster: string;
  readonly times: RosterTimes;
  readonly bodyBytesMax: number;
  readonly cellsMax: number;
  readonly clock: Clock;
  readonly link: PeerLink;
  readonly bus: Bus;
  readonly log: LogSink;
  /** Called before the own cells are published, to set what is only known then. */
  readonly beforeStamp?: () => void;
  /** Called for each shard of a peer that was refused. */
  readonly onRefused?: (refused: RefusedShard) => void;
}

/** What came of a message that was offered to a node. */
export type Taken =
  | { readonly kind: "taken"; readonly wanted: readonly WantedShard[] }
  | { readonly kind: "rejected"; readonly reason: string };

/**
 * One node of the cluster: the state, and everything that changes it. Rounds, scrapes, answers and
 * goodbyes all go through here, so that each change is settled, told and logged in one way.
 */
export class ClusterNode {
  readonly clock: Clock;
  readonly link: PeerLink;
  readonly state: ClusterState;
  readonly exchange: Exchange;
  readonly events: EventLog;
  readonly invalidations: InvalidationLogs;
  readonly cluster: string;
  readonly #log: LogSink;
  readonly #beforeStamp: () => void;
  readonly #onRefused: (refused: RefusedShard) => void;
  readonly #awake: AwakeClock;
  readonly #ownAddresses = new Set<string>();
  readonly #words = new Map<string, PeerWord>();
  readonly #failures = new Map<string, string>();
  readonly #silentSinceMs = new Map<string, number>();
  readonly #foreignUntilMs = new Map<string, number>();
  readonly #refusedShards = new Set<IncarnationId>();
  readonly #foreignCallers = new Map<string, number>();
  #view: DiscoveryView | null = null;
  #listingsOfSelf = 0;
  #asked = false;
  #hasTalked = false;

  constructor(options: ClusterNodeOptions) {
    const { self, own, times, clock, cluster, bodyBytesMax, cellsMax } = options;
    this.clock = clock;
    this.link = options.link;
    this.cluster = cluster;
    this.#log = options.log;
    this.#beforeStamp = options.beforeStamp ?? (() => {});
    this.#onRefused = options.onRefused ?? (() => {});
    this.#awake = new AwakeClock(clock.nowMs(), AWAKE_HEARTBEATS * times.heartbeatMs);
    this.state = new ClusterState(self, own, new Roster(self, times, 0), 0);
    this.exchange = new Exchange(this.state, { cluster, bodyBytesMax, cellsMax });
    this.events = new EventLog(options.bus, EVENTS_MAX);
    this.invalidations = new InvalidationLogs({
      self: self.incarnation,
      roster: this.state.roster,
      isComplete: () => this.exchange.isComplete,
      nowMs: () => clock.nowMs(),
      awakeMs: () => this.awakeMs(),
    });
    if (self.address !== "") this.#ownAddresses.add(self.address);
  }

  /** Awake milliseconds, the time in which silence is counted. */
  awakeMs(): number {
    return this.#awake.advance(this.clock.nowMs());
  }

  /** Milliseconds in which this process did not run; see `AwakeClock`. */
  get asleepMs(): number {
    return this.#awake.asleepMs;
  }

  /** Addresses at which this node itself answers. */
  get ownAddresses(): ReadonlySet<string> {
    return this.#ownAddresses;
  }

  /** The newest word of discovery, or null before the first. */
  get view(): DiscoveryView | null {
    return this.#view;
  }

  /** Whether any exchange with a peer has succeeded. */
  get hasTalked(): boolean {
    return this.#hasTalked;
  }

  /** Why the last request to an address failed; undefined where it did not. */
  failureAt(address: string): string | undefined {
    return this.#failures.get(address);
  }

  /** Whether another cluster's node answered at an address last. */
  isForeign(address: string): boolean {
    return this.#words.get(address) === "foreign";
  }

  /** Awake milliseconds for which requests to an address were not answered; 0 where the last one was. */
  silentForMs(address: string): number {
    const sinceMs = this.#silentSinceMs.get(address);
    return sinceMs === undefined ? 0 : this.awakeMs() - sinceMs;
  }

  /** Whether a peer asked this node for something since the last call. */
  takeAsked(): boolean {
    const asked = this.#asked;
    this.#asked = false;
    return asked;
  }

  /** Where peers can be asked: every listed address, and where members that are not gone were heard. */
  targets(): string[] {
    const targets = new Set(this.#view?.addresses);
    for (const member of this.state.roster.members) {
      if (isGone(member.status) || member.identity.incarnation === this.state.self.incarnation) {
        continue;
      }
      const isReached = [...member.addresses].some((address) => targets.has(address));
      const [address] = member.addresses;
      if (!isReached && address !== undefined) targets.add(address);
    }
    const nowMs = this.awakeMs();
    return [...targets].filter((address) =>
      !this.#ownAddresses.has(address) && !(this.#foreignUntilMs.get(address)! > nowMs)
    );
  }

  /** A new word of discovery. */
  discover(view: DiscoveryView): void {
    const isNew = view.version !== (this.#view?.version ?? 0);
    this.#view = view;
    if (!isNew) return;
    const listsSelf = view.addresses.some((address) => this.#ownAddresses.has(address));
    this.#listingsOfSelf = listsSelf ? this.#listingsOfSelf + 1 : 0;
    this.state.roster.list(view.addresses);
    const known = new Set([...view.addresses, ...this.targets()]);
    for (const address of [...this.#words.keys(), ...this.#failures.keys()]) {
      if (!known.has(address)) this.#forget(address);
    }
  }

  /** One heartbeat: publishes the own cells, and lets time work on the roster. */
  beat(): void {
    this.publish();
    const nowMs = this.awakeMs();
    this.#tell(this.state.settle(this.state.roster.tick(nowMs)));
    this.#completeIfFirst();
    this.invalidations.settle();
  }

  /** Publishes the own cells under a new seq. */
  publish(): void {
    this.#beforeStamp();
    this.state.stamp(this.awakeMs());
  }

  /** A request to a peer; see `Exchange.request`. */
  request(want: Want, push: Push | null): Message {
    const message = this.exchange.request(want, push, this.awakeMs());
    return withNews(message, this.invalidations.request(push?.to ?? null));
  }

  /** A request that brings a peer what it lacks of this node's invalidations, and nothing else. */
  invalidationRequest(to: IncarnationId | null): Message {
    const message = this.exchange.request({ kind: "digest" }, null, this.awakeMs());
    return withNews({ ...message, digest: null, want: null }, this.invalidations.request(to));
  }

  /** Takes in the answer from `address` to a question that was sent at `askedAtMs`. */
  take(
    message: Message,
    address: string,
    rttMs: number,
    stage: PageStage,
    askedAtMs: number,
  ): Taken {
    if (this.exchange.isForeign(message)) {
      return { kind: "rejected", reason: `it is of cluster "${message.hello.cluster}"` };
    }
    const problem = this.exchange.problemOf(message);
    if (problem !== null) return { kind: "rejected", reason: problem };
    const { hello } = message;
    this.invalidations.absorb(message, askedAtMs);
    const absorbed = this.exchange.absorb(message, stage, this.awakeMs());
    this.state.roster.answered(address, hello.incarnation, rttMs);
    this.#failures.delete(address);
    this.#silentSinceMs.delete(address);
    this.#words.set(address, hello.complete ? "complete" : "new");
    this.#hasTalked = true;
    this.#tellAll(absorbed);
    this.invalidations.settle();
    return { kind: "taken", wanted: absorbed.wanted };
  }

  /** Answers a peer's request, which was found to be of this cluster and without problem. */
  answer(request: Message): Message {
    if (request.want !== null) this.#asked = true;
    this.#hasTalked = true;
    // A scrape asks for what is true now, not for what was at the last round.
    if (request.want?.kind === "own") this.publish();
    const nowMs = this.awakeMs();
    this.invalidations.absorb(request, null);
    this.#tellAll(this.exchange.absorb(request, new PageStage(), nowMs));
    this.invalidations.settle();
    return withNews(this.exchange.answer(request, nowMs), this.invalidations.answer(request));
  }

  /** A request to an address failed. */
  noteFailure(address: string, outcome: Exclude<LinkOutcome, { kind: "answer" }>): void {
    const reason = outcome.kind === "refused" ? "connection refused" : outcome.reason;
    const isNew = this.#failures.get(address) !== reason;
    this.#failures.set(address, reason);
    if (!this.#silentSinceMs.has(address)) this.#silentSinceMs.set(address, this.awakeMs());
    const isForeign = outcome.kind === "rejected" && outcome.code === "foreign_cluster";
    if (outcome.kind === "refused") {
      this.#words.set(address, "refused");
      this.state.roster.refused(address, this.awakeMs());
    } else if (isForeign) {
      this.#words.set(address, "foreign");
      this.#foreignUntilMs.set(address, this.awakeMs() + FOREIGN_PAUSE_MS);
    } else this.#words.delete(address);
    if (outcome.kind === "rejected" && isNew) {
      const kind = isForeign ? "foreign_cluster" : "exchange_rejected";
      this.note(kind, address, `${address} answered ${outcome.status}: ${reason}`);
    } else if (outcome.kind === "unusable" && isNew) {
      this.note("exchange_rejected", address, `${address}: ${reason}`);
    }
  }

  /** Another cluster's node called. Told once for each caller while it goes on calling. */
  noteForeign(from: string, hello: Hello): void {
    const nowMs = this.awakeMs();
    const isNew = !(this.#foreignCallers.get(from)! > nowMs);
    if (this.#foreignCallers.size >= FOREIGN_CALLERS_MAX) this.#foreignCallers.clear();
    this.#foreignCallers.set(from, nowMs + 2 * FOREIGN_PAUSE_MS);
    if (!isNew) return;
    const cause = `${from} called as "${hello.node}" of cluster "${hello.cluster}"`;
    this.note("foreign_cluster", hello.node, cause, hello.incarnation);
  }

  /** The address turned out to be this node's own. */
  noteSelf(address: string): void {
    this.#ownAddresses.add(address);
    if (this.#view?.addresses.includes(address)) this.#listingsOfSelf++;
    this.#forget(address);
  }

  /** Records something that is no transition of the roster. */
  note(kind: ClusterEvent["kind"], node: string, cause: string, incarnation = ""): void {
    this.events.add({ kind, node, incarnation, at: Math.round(this.clock.nowMs()), cause });
    this.#log.log("warning", cause, { event: kind, node });
  }

  /** All that could be wanted from a peer that holds everything is here. */
  noteWhole(peerIsComplete: boolean): void {
    if (peerIsComplete) this.exchange.setComplete();
  }

  #completeIfFirst(): void {
    if (this.exchange.isComplete || this.#view === null) return;
    if (isFirst(this.#view, this.#ownAddresses, this.#listingsOfSelf, this.#words)) {
      this.exchange.setComplete();
    }
  }

  #forget(address: string): void {
    this.#words.delete(address);
    this.#failures.delete(address);
    this.#silentSinceMs.delete(address);
    this.#foreignUntilMs.delete(address);
  }

  #tellAll(absorbed: Absorbed): void {
    this.#tell(absorbed.transitions);
    for (const refused of absorbed.refused) {
      const { node, incarnation, kind, reason } = refused;
      this.#onRefused(refused);
      // It comes again with every round: one event says enough.
      if (this.#refusedShards.has(incarnation)) continue;
      if (this.#refusedShards.size >= REFUSED_SHARDS_MAX) this.#refusedShards.clear();
      this.#refusedShards.add(incarnation);
      const cause = `A shard of "${node}" was refused and its last copy kept: ` +
        (kind === "falls" ? `a cell that only grows fell: ${reason}` : reason);
      this.note("shard_refused", node, cause, incarnation);
    }
  }

  #tell(transitions: readonly Transition[]): void {
    const at = Math.round(this.clock.nowMs());
    for (const { kind, node, incarnation, cause } of transitions) {
      this.events.add({ kind, node, incarnation, at, cause });
      const isGood = kind === "up" || kind === "joining" || kind === "recovered" || kind === "left";
      const level = isGood ? "info" : "warning";
      this.#log.log(level, `Node "${node}" is ${kind}: ${cause}.`, {
        event: kind,
        node,
        incarnation,
      });
    }
  }
}

function withNews(message: Message, invalidations: InvalidationNews | undefined): Message {
  return invalidations === undefined ? message : { ...message, invalidations };
}
