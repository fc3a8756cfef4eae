import { Caches } from "../../src/cache/caches.ts";
import { type ClusterMetrics, createClusterMetrics } from "../../src/cluster/cluster_metrics.ts";
import { ClusterNode } from "../../src/cluster/cluster_node.ts";
import type { DiscoveryView } from "../../src/cluster/discovery_view.ts";
import { CLUSTER_EVENT, type ClusterEvent } from "../../src/cluster/event_log.ts";
import { type Goodbye, sayGoodbye } from "../../src/cluster/goodbye.ts";
import { type IncarnationId, newIncarnationId } from "../../src/cluster/identity.ts";
import { LEDGER_LIMITS, type LedgerLimits } from "../../src/cluster/ledger.ts";
import type { MemberStatus } from "../../src/cluster/member.ts";
import type { PeerLink } from "../../src/cluster/peer_link.ts";
import { Rounds } from "../../src/cluster/rounds.ts";
import { ClusterExposition } from "../../src/http/cluster_exposition.ts";
import type { Clock } from "../../src/io/clock.ts";
import { silentLog } from "../../src/io/log.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { createBus } from "../../src/telemetry/bus.ts";
import { NodeClock } from "./node_clock.ts";
import type { SeededRandom } from "./seeded_random.ts";
import type { SimulatedNetwork } from "./simulated_network.ts";

/** What all nodes of a simulation have in common; the times are the defaults of the real thing. */
export interface NodeSettings {
  readonly cluster: string;
  readonly heartbeatMs: number;
  readonly suspectAfterMs: number;
  readonly downAfterMs: number;
  readonly exchangeTimeoutMs: number;
  readonly ledger: LedgerLimits;
  readonly bodyBytesMax: number;
  readonly cellsMax: number;
  /** How far the clock of this node's machine is ahead of the simulation's. */
  readonly clockOffsetMs: number;
  /** Whether the node measures itself; off where many nodes are simulated. */
  readonly measuresItself: boolean;
}

/** The settings where a test asks for nothing else. */
export const NODE_SETTINGS: NodeSettings = {
  cluster: "simulated",
  heartbeatMs: 1_000,
  suspectAfterMs: 5_000,
  downAfterMs: 10_000,
  exchangeTimeoutMs: 2_000,
  ledger: LEDGER_LIMITS,
  bodyBytesMax: 4_194_304,
  cellsMax: 2_000_000,
  clockOffsetMs: 0,
  measuresItself: true,
};

/** What a simulated node is handed by its cluster. */
export interface NodeSurroundings {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly network: SimulatedNetwork;
  /** What DNS answers this node now. */
  readonly view: () => DiscoveryView;
  /** Puts something around the node's link. Default: nothing. */
  readonly wrapLink?: (link: PeerLink) => PeerLink;
}

/** How often a simulated node asks DNS. */
const DNS_POLL_MS = 1_000;

/** One life of a node: the real cluster node, rounds and exposition on simulated time and wires. */
export class SimulatedNode {
  readonly name: string;
  readonly address: string;
  readonly registry: Registry;
  readonly node: ClusterNode;
  readonly clock: NodeClock;
  readonly caches: Caches;
  readonly rounds: Rounds;
  readonly exposition: ClusterExposition;
  readonly metrics: ClusterMetrics;
  /** Every event since its start. */
  readonly events: ClusterEvent[] = [];
  readonly #surroundings: NodeSurroundings;
  #isRunning = true;

  constructor(
    name: string,
    address: string,
    settings: NodeSettings,
    surroundings: NodeSurroundings,
  ) {
    const { clock, random, network, wrapLink = (link) => link } = surroundings;
    const { bodyBytesMax, cellsMax, cluster, heartbeatMs } = settings;
    this.name = name;
    this.address = address;
    this.#surroundings = surroundings;
    this.clock = new NodeClock(clock, settings.clockOffsetMs);
    this.registry = new Registry({ cellsMax });
    this.metrics = createClusterMetrics(settings.measuresItself ? this.registry : new Registry());
    const bus = createBus(silentLog);
    this.node = new ClusterNode({
      self: {
        node: name,
        incarnation: newIncarnationId(random),
        startedAtMs: Math.round(this.clock.wallMs()),
        version: "0.0.0",
        address,
      },
      own: this.registry.shard,
      cluster,
      times: settings,
      bodyBytesMax,
      cellsMax,
      clock: this.clock,
      newLife: () => ({
        incarnation: newIncarnationId(random),
        startedAtMs: Math.round(this.clock.wallMs()),
      }),
      ledger: settings.ledger,
      link: wrapLink(network.linkOf(address, this.clock, bodyBytesMax)),
      bus,
      log: silentLog,
    });
    this.caches = new Caches({
      node: this.node,
      bus,
      log: silentLog,
      timeoutMs: settings.exchangeTimeoutMs,
    });
    bus.attach(CLUSTER_EVENT, (_name, _numbers, event) => {
      this.events.push(event as unknown as ClusterEvent);
    });
    this.rounds = new Rounds({
      node: this.node,
      random,
      heartbeatMs,
      timeoutMs: settings.exchangeTimeoutMs,
    });
    this.exposition = new ClusterExposition(this.node, this.metrics);
    network.place(address, {
      kind: "process",
      node: () => this.node,
      clock: this.clock,
      bodyBytesMax,
    });
  }

  /** Begins to poll DNS and to send heartbeats. */
  start(): void {
    this.#pollDns();
    this.rounds.start();
  }

  get incarnation(): IncarnationId {
    return this.node.state.self.incarnation;
  }

  /** In which status this node has another life; undefined where it knows nothing of it. */
  statusOf(other: SimulatedNode): MemberStatus | undefined {
    return this.node.state.roster.member(other.incarnation)?.status;
  }

  /** The kinds of the events about a node's name, in order. */
  eventsOf(name: string): ClusterEvent["kind"][] {
    return this.events.filter(({ node }) => node === name).map(({ kind }) => kind);
  }

  /** Dies at once. Its address refuses connections, or, with `machine`, says nothing any more. */
  kill(what: "process" | "machine" = "process"): void {
    this.#isRunning = false;
    this.clock.end();
    this.#surroundings.network.place(
      this.address,
      what === "process" ? { kind: "closed" } : undefined,
    );
  }

  /** Leaves as after SIGTERM. The clock has to move for it. */
  async leave(): Promise<Goodbye> {
    await this.rounds.stop();
    const goodbye = await sayGoodbye(this.node, this.clock.nowMs() + 5_000);
    this.kill();
    return goodbye;
  }

  #pollDns(): void {
    if (!this.#isRunning) return;
    this.node.discover(this.#surroundings.view());
    this.clock.after(DNS_POLL_MS, () => this.#pollDns());
  }
}
