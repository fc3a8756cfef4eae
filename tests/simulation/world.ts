import type { IncarnationId } from "../../src/cluster/identity.ts";
import { LEDGER_LIMITS } from "../../src/cluster/ledger.ts";
import type { PeerLink } from "../../src/cluster/peer_link.ts";
import { SeededRandom } from "../cluster/seeded_random.ts";
import { NODE_SETTINGS, SimulatedNode } from "../cluster/simulated_node.ts";
import { type LinkState, SimulatedNetwork } from "../cluster/simulated_network.ts";
import { counting, operate } from "./counting.ts";
import { type Asked, type Counted, heldBy, isAlive, isCounting, type Life } from "./life.ts";
import { checkFolded, checkGoodbye } from "./durability.ts";
import { Foldings } from "./foldings.ts";
import { SimulatedDns } from "./simulated_dns.ts";
import type { Birth, WorldOptions } from "./world_options.ts";
import { Violation } from "./violation.ts";
import { VirtualClock } from "./virtual_clock.ts";

/** How long a node may take until it is known to all and complete, where nothing disturbs it. */
const SETTLING_MS = 12_000;
/** How long a link that was broken may go on to be felt. */
export const AFTERMATH_MS = 6_000;

/** What may be wrong with every link. */
export type Weather = Omit<Extract<LinkState, { readonly kind: "open" }>, "kind">;

/** Two groups that don't reach each other. */
interface Split {
  readonly left: Life[];
  readonly right: Life[];
  readonly endMs: number;
}

const CALM_WEATHER: LinkState = { kind: "open", delayMs: 0.2, jitterMs: 4 };

/** Nodes, network, DNS and clock, and the truth about all of them. */
export class World {
  readonly clock: VirtualClock = new VirtualClock();
  readonly random: SeededRandom;
  readonly network: SimulatedNetwork;
  readonly dns: SimulatedDns;
  /** Every incarnation there ever was, foreign ones included. */
  readonly lives: Life[] = [];
  readonly byIncarnation: Map<IncarnationId, Counted> = new Map();
  readonly foldings: Foldings = new Foldings();
  /** No new fault begins any more. */
  isHealing = false;
  violation: Violation | null = null;
  /** The application's version that is being rolled out, or was last. */
  rollingTo = 0;
  readonly #options: WorldOptions;
  readonly #operations: SeededRandom;
  readonly #sides: SeededRandom;
  readonly #splits: Split[] = [];
  #stormUntilMs = -Infinity;
  #addresses = 0;
  #names = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.random = new SeededRandom(options.seed);
    this.#operations = this.random.fork();
    this.#sides = this.random.fork();
    this.network = new SimulatedNetwork(this.clock, this.random.fork());
    this.network.weather = CALM_WEATHER;
    this.dns = new SimulatedDns(this.clock);
  }

  get nowMs(): number {
    return this.clock.nowMs();
  }

  /** Whether bases have room for less than there is to fold. */
  get forgets(): boolean {
    return (this.#options.ledger?.cellsMax ?? Infinity) < LEDGER_LIMITS.cellsMax;
  }

  /** Series that bases forgot. */
  get forgotten(): number {
    return this.lives.reduce((sum, { node }) => sum + node.node.state.ledger.forgottenSeries, 0);
  }

  /** The processes of the cluster that are there. */
  get alive(): Life[] {
    return this.lives.filter((life) => isAlive(life) && !life.isForeign);
  }

  /** Those that a newcomer may join through, who leaves included. */
  get complete(): Life[] {
    return this.alive.filter(({ node }) => node.node.exchange.isComplete);
  }

  /** Those that a balancer would send traffic to. */
  get ready(): Life[] {
    return this.complete.filter(({ state }) => state === "running");
  }

  tell(line: string): void {
    this.#options.tell(this.nowMs, line);
  }

  /** A promise was broken: the first one counts. */
  fail(promise: string, message: string): void {
    this.violation ??= new Violation(promise, this.nowMs, message);
    this.tell(`BROKEN ${promise}: ${message}`);
  }

  freshAddress(): string {
    const number = ++this.#addresses;
    return `10.0.${number >> 8}.${number & 255}:4021`;
  }

  freshName(): string {
    return `n${++this.#names}`;
  }

  start(birth: Birth): Life {
    const { name, isForeign = false, clockOffsetMs = 0, listedAfterMs = 0 } = birth;
    const address = birth.address ?? this.freshAddress();
    const version = birth.version ?? 0;
    const windows = new Set<Asked[]>();
    const settings = {
      ...NODE_SETTINGS,
      ledger: this.#options.ledger ?? NODE_SETTINGS.ledger,
      clockOffsetMs,
      measuresItself: false,
      cluster: isForeign ? "another" : "simulated",
    };
    this.dns.forget(address);
    const node = new SimulatedNode(name, address, settings, {
      clock: this.clock,
      random: this.random.fork(),
      network: this.network,
      view: () => this.dns.viewOf(address),
      wrapLink: (link) => this.#watched(link, windows),
    });
    const { nowMs } = this;
    const elders = this.ready;
    const process = {
      name,
      address,
      node,
      version,
      isForeign,
      startedAtMs: nowMs,
      inheritance: this.#heldByAll(this.complete),
      elders,
      state: "running" as const,
      endedAtMs: Infinity,
      disturbedUntilMs: Math.max(nowMs + SETTLING_MS + listedAfterMs, this.#stormUntilMs),
      faultyUntilMs: this.#stormUntilMs,
      stoppedUntilMs: -Infinity,
      eventsSeen: 0,
      goodbyes: new Set<IncarnationId>(),
      windows,
    };
    const life = counting(this, process, this.random.fork());
    this.#chooseSide(life);
    this.lives.push(life);
    this.foldings.watch(node.node.state.ledger.base, (folded) => checkFolded(this, name, folded));
    this.#options.plant?.(node);
    this.tell(`start ${name} at ${address} as ${node.incarnation}, v${version}`);
    this.clock.after(listedAfterMs, () => {
      if (isAlive(life)) this.dns.list(address);
    });
    node.start();
    operate(this, life, this.#operations, this.#options.operationMs);
    return life;
  }

  /** Ends a process, or its machine, at once; DNS drops it after `unlistedAfterMs`. */
  crash(life: Life, what: "process" | "machine", unlistedAfterMs: number): void {
    this.tell(`crash ${life.name} (${what}), out of DNS in ${Math.round(unlistedAfterMs)} ms`);
    life.node.kill(what);
    this.#end(life, "dead");
    this.#unlistAfter(life, unlistedAfterMs);
  }

  /** Ends a process as SIGTERM does. */
  leave(life: Life, unlistedAfterMs: number): void {
    this.tell(`leave ${life.name} with ${life.counted.app.count} operations`);
    life.state = "leaving";
    this.#unlistAfter(life, unlistedAfterMs);
    const startedAtMs = this.nowMs;
    life.node.leave().then((goodbye) => {
      if (!isAlive(life)) return;
      this.tell(`left ${life.name}: ${goodbye.confirmed} of ${goodbye.asked} confirmed`);
      checkGoodbye(this, life, goodbye, startedAtMs);
      this.#end(life, "left");
    });
  }

  /** Stops a process for a while, as SIGSTOP or a suspended machine does. */
  hang(life: Life, ms: number): void {
    this.tell(`hang ${life.name} for ${Math.round(ms)} ms`);
    life.node.clock.stop(ms);
    life.stoppedUntilMs = this.nowMs + ms;
    this.disturb([life], ms + 5_000);
  }

  /** Notes that a fault touches nodes, or their links, for so long. */
  disturb(lives: readonly Life[], ms: number): void {
    const untilMs = this.nowMs + ms;
    for (const life of lives) {
      life.disturbedUntilMs = Math.max(life.disturbedUntilMs, untilMs);
      life.faultyUntilMs = Math.max(life.faultyUntilMs, untilMs);
    }
  }

  /** Lets the weather of all links be bad for so long; false where it is already. */
  storm(weather: Weather, ms: number): boolean {
    if (this.#stormUntilMs > this.nowMs) return false;
    this.#stormUntilMs = this.nowMs + ms + AFTERMATH_MS;
    this.network.weather = { ...CALM_WEATHER, ...weather };
    this.disturb(this.alive, ms + AFTERMATH_MS);
    this.clock.after(ms, () => this.network.weather = CALM_WEATHER);
    return true;
  }

  /** Whether a node was settled at a time, and nothing is felt by it since. */
  isCalm(life: Life, sinceMs: number): boolean {
    return life.disturbedUntilMs <= sinceMs;
  }

  /** Cuts two groups off each other for so long; who starts meanwhile falls to one of them. */
  split(left: readonly Life[], right: readonly Life[], ms: number): void {
    const split: Split = { left: [...left], right: [...right], endMs: this.nowMs + ms };
    this.#splits.push(split);
    for (const a of left) for (const b of right) this.#cut(a, b, split.endMs);
  }

  /** Lets nothing through from one node to another, one way, for so long. */
  cut(from: Life, to: Life, ms: number): void {
    this.network.link(from.address, to.address, { kind: "cut" });
    this.disturb([from, to], ms + AFTERMATH_MS);
    this.clock.after(ms, () => this.network.unlink(from.address, to.address));
  }

  /** Sets what happens between two nodes, both ways, for so long. */
  setLinks(a: Life, b: Life, state: LinkState, ms: number): void {
    for (const [from, to] of [[a.address, b.address], [b.address, a.address]] as const) {
      this.network.link(from, to, state);
      this.clock.after(ms, () => this.network.unlink(from, to));
    }
  }

  /** Ends every fault. What is dead stays dead, and DNS knows it. */
  heal(): void {
    this.isHealing = true;
    this.tell("heal");
    this.network.unlinkAll();
    this.network.weather = CALM_WEATHER;
    this.dns.heal();
    for (const life of this.lives) {
      if (life.isForeign && isAlive(life)) {
        life.node.kill();
        life.state = "dead";
      }
    }
    for (const { address } of this.lives) this.dns.unlist(address);
    for (const { address } of this.alive) this.dns.list(address);
  }

  /** What every incarnation of this cluster counted. */
  get counted(): Counted[] {
    return [...this.byIncarnation.values()].filter(({ life }) => !life.isForeign);
  }

  /** The operations of an incarnation that some living node holds. */
  heldAnywhere(of: Counted): number {
    return Math.max(0, ...this.alive.map((life) => heldBy(life, of)));
  }

  #cut(a: Life, b: Life, untilMs: number): void {
    const ms = untilMs - this.nowMs;
    this.cut(a, b, ms);
    this.cut(b, a, ms);
  }

  #chooseSide(life: Life): void {
    for (const split of this.#splits) {
      if (split.endMs <= this.nowMs) continue;
      const isLeft = this.#sides.float() < 0.5;
      for (const other of isLeft ? split.right : split.left) this.#cut(life, other, split.endMs);
      (isLeft ? split.left : split.right).push(life);
    }
  }

  #unlistAfter(life: Life, ms: number): void {
    this.clock.after(ms, () => {
      const isTaken = this.lives.some((other) =>
        other !== life && other.address === life.address && isAlive(other)
      );
      if (!isTaken) this.dns.unlist(life.address);
    });
  }

  #end(life: Life, how: "left" | "dead"): void {
    life.state = how;
    life.endedAtMs = this.nowMs;
    if (life.isForeign) return;
    this.lowerFloors();
  }

  /** What only the dead held is lost, and no one's fault; from here on this much must stay. */
  lowerFloors(): void {
    for (const of of this.counted) {
      if (!isCounting(of)) of.floor = Math.min(of.floor, this.heldAnywhere(of));
    }
  }

  #heldByAll(holders: readonly Life[]): Map<IncarnationId, number> {
    const held = new Map<IncarnationId, number>();
    if (holders.length === 0) return held;
    for (const of of this.counted) {
      held.set(of.incarnation, Math.min(...holders.map((holder) => heldBy(holder, of))));
    }
    return held;
  }

  #watched(link: PeerLink, windows: ReadonlySet<Asked[]>): PeerLink {
    return {
      send: async (to, message, timeoutMs) => {
        if (windows.size === 0) return await link.send(to, message, timeoutMs);
        const asked: Asked = {
          to,
          kind: message.want?.kind ?? "digest",
          sentAtMs: this.nowMs,
          answeredAtMs: null,
          hasFailed: false,
          by: null,
        };
        for (const window of windows) window.push(asked);
        const outcome = await link.send(to, message, timeoutMs);
        if (outcome.kind === "answer") {
          asked.answeredAtMs = this.nowMs;
          asked.by = outcome.message.hello.incarnation;
        } else asked.hasFailed = true;
        return outcome;
      },
    };
  }
}
