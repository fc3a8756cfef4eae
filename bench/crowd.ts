import { ClusterNode } from "../src/cluster/cluster_node.ts";
import { DeltaMaker } from "../src/cluster/delta.ts";
import type { DiscoveryView } from "../src/cluster/discovery_view.ts";
import type { Identity } from "../src/cluster/identity.ts";
import type { LinkOutcome, PeerLink } from "../src/cluster/peer_link.ts";
import { receive } from "../src/cluster/receiver.ts";
import { fanout } from "../src/cluster/rotation.ts";
import { Rounds } from "../src/cluster/rounds.ts";
import type { Digest, Message, Want } from "../src/cluster/wire/message.ts";
import { decodeMessage, encodeMessage } from "../src/cluster/wire/message_codec.ts";
import { silentLog } from "../src/io/log.ts";
import type { OwnShard } from "../src/metrics/own_shard.ts";
import { createBus } from "../src/telemetry/bus.ts";
import { SeededRandom } from "../tests/cluster/seeded_random.ts";
import { VirtualClock } from "../tests/simulation/virtual_clock.ts";
import { CpuMeter } from "./cpu_meter.ts";
import { SAMPLES_PER_LABEL_SET, Workload } from "./workload.ts";

/** The name of the clusters that are measured. */
export const CLUSTER = "bench";
const HEARTBEAT_MS = 1_000;
const TIMES = { heartbeatMs: HEARTBEAT_MS, suspectAfterMs: 5_000, downAfterMs: 10_000 };
const BODY_BYTES_MAX = 4_194_304;
const CELLS_MAX = 2_000_000;
/** Each second, a counter, a bucket and a sum change of every second label set: 3 of its 14 cells. */
export const CHANGED_STEP = 2;

/** What one node did in a round. */
export interface RoundCost {
  /** Processor time, without HTTP and signatures. */
  readonly cpuMs: number;
  /** Requests that it sent; it answered as many. */
  readonly requests: number;
  /** Bytes of its requests and answers. */
  readonly sentBytes: number;
  /** What of that was cells. */
  readonly cellBytes: number;
}

/**
 * One node of a large cluster, with all that a round asks of it: the real rounds, roster, exchange and
 * bytes. The others are a crowd that one more node stands for: it holds everybody's shard, and answers
 * for whoever is asked. Their shards change by turns, a part before each of the node's requests, so
 * that each answer brings what is new since the last one; and for each answer that the node gets, a
 * peer asks it for the same. In a cluster where all are alike, each gives on average what it takes.
 */
export class OneOfMany {
  readonly #clock = new VirtualClock();
  readonly #meter = new CpuMeter();
  readonly #groups: readonly Workload[];
  readonly #own: Workload;
  readonly #others: readonly Identity[];
  readonly #crowd: ClusterNode;
  readonly #node: ClusterNode;
  readonly #rounds: Rounds;
  readonly #deltas = new DeltaMaker();
  readonly #told: { seq: number; revision: number }[];
  #atMs: number;
  #asked = 0;
  #sentBytes = 0;
  #cellBytes = 0;
  #lacking: Digest | null = null;
  #wanted: Want["kind"] = "newer";

  constructor(nodes: number, samples: number) {
    const labelSets = Math.round(samples / SAMPLES_PER_LABEL_SET);
    const workload = (seed: number) => new Workload({ labelSets, seed });
    this.#own = workload(1);
    this.#groups = Array.from({ length: fanout(nodes - 1) }, (_, i) => workload(i + 2));
    for (const one of [this.#own, ...this.#groups]) one.changeMuster();
    this.#told = this.#groups.map(() => ({ seq: 0, revision: 0 }));
    this.#others = Array.from({ length: nodes - 1 }, (_, i) => identityOf(i + 1));
    // It is nobody's, and so it is in no digest: it was never asked.
    this.#crowd = this.#nodeOf(this.#others[0]!, shardOf(this.#groups[0]!), UNREACHABLE);
    const link: PeerLink = { send: (address, message) => this.#send(address, message) };
    this.#node = this.#nodeOf(identityOf(0), shardOf(this.#own), link);
    for (const node of [this.#crowd, this.#node]) {
      node.exchange.setComplete();
      node.discover(viewOf([identityOf(0), ...this.#others]));
    }
    this.#rounds = new Rounds({
      node: this.#node,
      random: new SeededRandom(1),
      heartbeatMs: HEARTBEAT_MS,
      timeoutMs: 2_000,
    });
    this.#groups.forEach((_, group) => this.#change(group));
    this.#atMs = this.#clock.nowMs();
  }

  /** Lets the node begin; it gets everything in its first rounds. */
  start(): void {
    this.#rounds.start();
  }

  /** Seqs that the node holds of others, and those that there are. */
  get held(): { readonly held: number; readonly known: number } {
    const { replicas } = this.#node.state;
    return { held: replicas.size, known: this.#others.length };
  }

  /** One round of the node. */
  async round(): Promise<RoundCost> {
    const before = { asked: this.#asked, sent: this.#sentBytes, cells: this.#cellBytes };
    const cpuMs = await this.#meter.measure(async () => {
      this.#meter.aside(() => this.#own.change(CHANGED_STEP));
      for (let slot = 0; slot < this.#groups.length; slot++) {
        this.#meter.aside(() => this.#change(slot));
        // A little beyond the moment of the request that belongs to the slot.
        const untilMs = this.#atMs + (slot + 0.5) * (HEARTBEAT_MS / this.#groups.length);
        await this.#clock.runUntil(untilMs, () => false);
        this.#beAsked(this.#others[(this.#asked * 31 + slot) % this.#others.length]!);
      }
      this.#atMs += HEARTBEAT_MS;
      await this.#clock.runUntil(this.#atMs - 0.5, () => false);
    });
    return {
      cpuMs,
      requests: this.#asked - before.asked,
      sentBytes: this.#sentBytes - before.sent,
      cellBytes: this.#cellBytes - before.cells,
    };
  }

  /** A request of the node: encoding it and decoding the answer is its own work. */
  #send(address: string, message: Message): Promise<LinkOutcome> {
    this.#asked++;
    this.#wanted = message.want!.kind;
    this.#lacking = message.digest;
    const request = encodeMessage(message);
    const answer = this.#meter.aside(() => {
      this.#count(request, message);
      return this.#answer(address, request);
    });
    const decoded = decodeMessage(answer);
    if (decoded.kind !== "message") throw new Error(`BUG: the answer is ${decoded.kind}`);
    return Promise.resolve({ kind: "answer", message: decoded.message, rttMs: 1 });
  }

  /** A peer asks the node for what the node itself has just got. */
  #beAsked(peer: Identity): void {
    const request = this.#meter.aside(() =>
      encodeMessage({ ...EMPTY, hello: helloOf(peer), digest: this.#lacking, want: this.#want() })
    );
    const reception = receive(this.#node, request, "");
    if (reception.kind !== "answer") throw new Error(`BUG: it was refused: ${reception.reason}`);
    this.#meter.aside(() => {
      const decoded = decodeMessage(reception.body);
      if (decoded.kind !== "message") throw new Error(`BUG: the answer is ${decoded.kind}`);
      this.#count(reception.body, decoded.message);
    });
  }

  #want(): Want {
    return this.#wanted === "newer" ? { kind: "newer" } : { kind: "digest" };
  }

  #count(bytes: Uint8Array, message: Message): void {
    this.#sentBytes += bytes.length;
    this.#cellBytes += bytes.length - encodeMessage({ ...message, shards: [] }).length;
  }

  #answer(address: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    const decoded = decodeMessage(bytes);
    if (decoded.kind !== "message") throw new Error(`BUG: the request is ${decoded.kind}`);
    const answer = this.#crowd.answer(decoded.message);
    const peer = this.#others.find((other) => other.address === address)!;
    return encodeMessage({ ...answer, hello: helloOf(peer) });
  }

  /** A part of the others counts and publishes, and the crowd gets to know. */
  #change(group: number): void {
    const workload = this.#groups[group]!;
    workload.change(CHANGED_STEP);
    if (group === 0) this.#crowd.beat();
    else workload.registries.muster.shard.stamp();
    const shard = shardOf(workload);
    const told = this.#told[group]!;
    const base = { sinceSeq: told.seq, revision: told.revision, resume: null };
    this.#others.forEach((identity, i) => {
      if (i === 0 || i % this.#groups.length !== group) return;
      const source = { identity, departure: null, shard, ageMs: 0 };
      const made = this.#deltas.whole(source, base, Infinity)!;
      const bytes = encodeMessage({ ...EMPTY, hello: helloOf(identity), shards: [made.delta] });
      const reception = receive(this.#crowd, bytes, "");
      if (reception.kind !== "answer") throw new Error(`BUG: ${reception.reason}`);
    });
    told.seq = shard.seq;
    told.revision = shard.layout.revision;
  }

  #nodeOf(self: Identity, own: OwnShard, link: PeerLink): ClusterNode {
    return new ClusterNode({
      self,
      own,
      cluster: CLUSTER,
      times: TIMES,
      bodyBytesMax: BODY_BYTES_MAX,
      cellsMax: CELLS_MAX,
      clock: this.#clock,
      link,
      bus: createBus(silentLog),
      log: silentLog,
      newLife: () => self,
    });
  }
}

/** The parts of a message that it may do without. */
export const EMPTY = {
  digest: null,
  want: null,
  shards: [],
  departed: null,
  folded: null,
  base: null,
  more: [],
} as const;

const UNREACHABLE: PeerLink = { send: () => Promise.resolve({ kind: "refused" }) };

function shardOf(workload: Workload): OwnShard {
  return workload.registries.muster.shard;
}

/** The identity of a node by its number. */
export function identityOf(number: number): Identity {
  return {
    node: `web-7d9f8b6c5d-${number.toString(36).padStart(5, "0")}`,
    incarnation: number.toString(16).padStart(16, "0"),
    startedAtMs: 1_700_000_000_000 + number,
    version: "0.1.0",
    address: `10.0.${number >> 8}.${number & 255}:4021`,
  };
}

/** What a node says of itself. */
export function helloOf(identity: Identity): Message["hello"] {
  return { ...identity, cluster: CLUSTER, complete: true, leaving: false };
}

/** A DNS answer with the addresses of nodes. */
export function viewOf(identities: readonly Identity[]): DiscoveryView {
  return {
    mode: "dns",
    name: "_metrics._tcp.bench.",
    servers: [],
    addresses: identities.map(({ address }) => address).sort(),
    version: 1,
    ttlMs: 30_000,
    lastSuccessAtMs: 0,
    lastError: null,
    polls: 1,
    failures: 0,
    consecutiveFailures: 0,
    negative: null,
    partial: false,
    source: "srv",
    addressesCut: 0,
  };
}
