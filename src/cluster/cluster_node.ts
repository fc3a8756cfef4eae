import type { Clock } from "../io/clock.ts";
import type { LogSink } from "../io/log.ts";
import type { Conflict } from "../metrics/merge/contribution.ts";
import type { OwnShard } from "../metrics/own_shard.ts";
import type { Bus } from "../telemetry/bus.ts";
import { AddressBook } from "./address_book.ts";
import type { Absorbed, RefusedShard } from "./absorber.ts";
import { AwakeClock } from "./awake_clock.ts";
import type { BaseWant } from "./base_stage.ts";
import { isFirst } from "./bootstrap.ts";
import { ClusterReporter } from "./cluster_reporter.ts";
import { ClusterState } from "./cluster_state.ts";
import type { DiscoveryView } from "./discovery_view.ts";
import { EventLog } from "./event_log.ts";
import { Exchange, type Push } from "./exchange.ts";
import { ExemplarExchange } from "./exemplar_exchange.ts";
import type { Identity, IncarnationId } from "./identity.ts";
import { InvalidationLogs } from "./invalidation_logs.ts";
import type { LedgerLimits } from "./ledger.ts";
import type { LedgerSnapshot } from "./ledger_snapshot.ts";
import { isGone } from "./member.ts";
import { withNews } from "./message_news.ts";
import { PageStage } from "./page_stage.ts";
import type { LinkOutcome, PeerLink } from "./peer_link.ts";
import { Roster, type RosterTimes } from "./roster.ts";
import type { Hello, Message, Want, WantedShard } from "./wire/message.ts";

/** Events that are kept to be looked at. */
const EVENTS_MAX = 1_000;
/** Heartbeats that a step of awake time may span. */
const AWAKE_HEARTBEATS = 2;

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
  /** A new life for this process, for when its peers have folded the one that it has. */
  readonly newLife: () => Pick<Identity, "incarnation" | "startedAtMs">;
  /** When departed shards are folded, and what they may take. Default: `LEDGER_LIMITS`. */
  readonly ledger?: LedgerLimits;
  /** Called for each shard of a peer that was refused. */
  readonly onRefused?: (refused: RefusedShard) => void;
}

/** What came of a message that was offered to a node. */
export type Taken =
  | {
    readonly kind: "taken";
    readonly wanted: readonly WantedShard[];
    readonly wantedBase: BaseWant | null;
  }
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
  /** The exemplars of others. */
  readonly exemplars: ExemplarExchange;
  /** The hashes of bases that some conversation is fetching, so that no other one does. */
  readonly fetchedBases: Set<string> = new Set();
  readonly cluster: string;
  readonly #reporter: ClusterReporter;
  readonly #beforeStamp: () => void;
  readonly #newLife: ClusterNodeOptions["newLife"];
  readonly #onRefused: (refused: RefusedShard) => void;
  readonly #awake: AwakeClock;
  readonly #cellsMax: number;
  readonly #ownAddresses = new Set<string>();
  readonly #addresses = new AddressBook();
  #view: DiscoveryView | null = null;
  #listingsOfSelf = 0;
  #conflicts: readonly Conflict[] = [];
  #asked = false;
  #hasTalked = false;

  constructor(options: ClusterNodeOptions) {
    const { self, own, times, clock, cluster, bodyBytesMax, cellsMax } = options;
    this.clock = clock;
    this.link = options.link;
    this.cluster = cluster;
    this.#cellsMax = cellsMax;
    this.#beforeStamp = options.beforeStamp ?? (() => {});
    this.#newLife = options.newLife;
    this.#onRefused = options.onRefused ?? (() => {});
    const stepMsMax = AWAKE_HEARTBEATS * times.heartbeatMs;
    this.#awake = new AwakeClock(clock.nowMs(), stepMsMax, (ms) => this.state.stoodStill(ms));
    this.state = new ClusterState(self, own, new Roster(self, times, 0), 0, options.ledger);
    this.exchange = new Exchange(this.state, { cluster, bodyBytesMax, cellsMax });
    this.exemplars = new ExemplarExchange(this.state, bodyBytesMax);
    this.events = new EventLog(options.bus, EVENTS_MAX);
    this.#reporter = new ClusterReporter({
      events: this.events,
      log: options.log,
      nowMs: () => clock.nowMs(),
    });
    this.invalidations = new InvalidationLogs({
      self: () => this.state.self.incarnation,
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
    return this.#addresses.failureAt(address);
  }

  /** Whether another cluster's node answered at an address last. */
  isForeign(address: string): boolean {
    return this.#addresses.words.get(address) === "foreign";
  }

  /** Awake milliseconds for which requests to an address were not answered; 0 where the last one was. */
  silentForMs(address: string): number {
    return this.#addresses.silentForMs(address, this.awakeMs());
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
      !this.#ownAddresses.has(address) && !this.#addresses.isShunned(address, nowMs)
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
    this.#addresses.keep(new Set([...view.addresses, ...this.targets()]));
  }

  /** One heartbeat: publishes the own cells, and lets time work on the roster. */
  beat(): void {
    this.publish();
    const nowMs = this.awakeMs();
    this.#reporter.transitions(this.state.settle(this.state.roster.tick(nowMs)));
    this.state.foldGone(nowMs);
    this.#completeIfFirst();
    this.invalidations.settle();
    this.exemplars.settle();
  }

  /** Publishes the own cells under a new seq. */
  publish(): void {
    this.#beforeStamp();
    this.state.stamp(this.awakeMs());
  }

  /** A request to a peer; see `Exchange.request`. */
  request(want: Want, push: Push | null): Message {
    const message = this.exchange.request(want, push, this.awakeMs());
    const invalidations = this.invalidations.request(push?.to ?? null);
    return withNews(message, invalidations, this.exemplars.request(want));
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
    const problem = this.exchange.absorber.problemOf(message, this.awakeMs());
    if (problem !== null) return { kind: "rejected", reason: problem };
    const { hello } = message;
    this.invalidations.absorb(message, askedAtMs);
    const ageMs = stage.ageMs(this.clock.nowMs());
    const absorbed = this.exchange.absorber.absorb(message, stage, ageMs, this.awakeMs());
    this.state.roster.answered(address, hello.incarnation, rttMs);
    this.#addresses.answered(address, hello.complete ? "complete" : "new");
    this.#hasTalked = true;
    this.#tellAll(absorbed);
    this.exemplars.absorb(message);
    this.invalidations.settle();
    return { kind: "taken", wanted: absorbed.wanted, wantedBase: absorbed.wantedBase };
  }

  /** Answers a peer's request, which was found to be of this cluster and without problem. */
  answer(request: Message): Message {
    if (request.want !== null) this.#asked = true;
    this.#hasTalked = true;
    // A scrape asks for what is true now, not for what was at the last round.
    if (request.want?.kind === "own") this.publish();
    const nowMs = this.awakeMs();
    this.invalidations.absorb(request, null);
    const stage = new PageStage(null);
    const ageMs = stage.ageMs(this.clock.nowMs());
    this.#tellAll(this.exchange.absorber.absorb(request, stage, ageMs, nowMs));
    this.invalidations.settle();
    const answer = this.exchange.answer(request, nowMs);
    const exemplars = this.exemplars.answer(request, answer);
    return withNews(answer, this.invalidations.answer(request), exemplars);
  }

  /** A request to an address failed. */
  noteFailure(address: string, outcome: Exclude<LinkOutcome, { kind: "answer" }>): void {
    const reason = outcome.kind === "refused" ? "connection refused" : outcome.reason;
    const isForeign = outcome.kind === "rejected" && outcome.code === "foreign_cluster";
    const word = outcome.kind === "refused" ? "refused" : isForeign ? "foreign" : null;
    const isNew = this.#addresses.failed(address, reason, word, this.awakeMs());
    if (outcome.kind === "refused") this.state.roster.refused(address, this.awakeMs());
    if (outcome.kind === "rejected" && isNew) {
      const kind = isForeign ? "foreign_cluster" : "exchange_rejected";
      this.#reporter.note(kind, address, `${address} answered ${outcome.status}: ${reason}`);
    } else if (outcome.kind === "unusable" && isNew) {
      this.#reporter.note("exchange_rejected", address, `${address}: ${reason}`);
    }
  }

  /** Another cluster's node called. */
  noteForeign(from: string, hello: Hello): void {
    this.#reporter.foreign(from, hello, this.awakeMs());
  }

  /** The address turned out to be this node's own. */
  noteSelf(address: string): void {
    this.#ownAddresses.add(address);
    if (this.#view?.addresses.includes(address)) this.#listingsOfSelf++;
    this.#addresses.forget(address);
  }

  /**
   * All shards are here that could be wanted from a peer, which held a base of this hash at the same
   * moment. Who is complete gave everything with that.
   */
  noteWhole(peerIsComplete: boolean, baseHash: string): void {
    if (peerIsComplete && this.state.ledger.base.covers(baseHash)) this.exchange.setComplete();
  }

  /** Takes up what a node of an earlier time had kept; see `ClusterState.restore`. */
  restore(snapshot: LedgerSnapshot): { readonly refused: readonly string[] } {
    return { refused: this.state.restore(snapshot, this.#cellsMax, this.awakeMs()) };
  }

  /** What the newest merge left out, since nodes define it differently. */
  get conflicts(): readonly Conflict[] {
    return this.#conflicts;
  }

  /** A merge was made, which left this out. */
  noteConflicts(conflicts: readonly Conflict[]): void {
    this.#conflicts = conflicts;
  }

  #completeIfFirst(): void {
    if (this.exchange.isComplete || this.#view === null) return;
    if (isFirst(this.#view, this.#ownAddresses, this.#listingsOfSelf, this.#addresses.words)) {
      this.exchange.setComplete();
    }
  }

  /** Goes on as a new incarnation: what the old one counted is in the base, here and with the peers. */
  #renew(): void {
    this.#beforeStamp();
    const identity = { ...this.state.self, ...this.#newLife() };
    this.#reporter.transitions(this.state.renew(identity, this.awakeMs()));
    this.exchange.absorber.forgetHolders();
  }

  #tellAll({ transitions, isFolded, refused }: Absorbed): void {
    this.#reporter.transitions(transitions);
    if (isFolded) this.#renew();
    for (const shard of refused) {
      this.#onRefused(shard);
      this.#reporter.refused(shard);
    }
  }
}
