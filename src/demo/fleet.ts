import type { Clock } from "../io/clock.ts";
import type { Endpoint } from "./headless_zone.ts";
import { SERVICE } from "./headless_zone.ts";
import { addressOfNode } from "./loopback.ts";
import { NodeProcess } from "./node_process.ts";

/** Nodes that one demo may have. */
export const NODES_MAX = 9;

/** What became of a node's process: `dead` without a goodbye, `stopped` with one. */
export type Phase = "running" | "dead" | "stopping" | "stopped";

/** A node, which keeps its name and address through all of its lives. */
export interface FleetNode {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly phase: Phase;
  /** Of the newest life. */
  readonly pid: number;
  /** When it took its phase. */
  readonly sinceMs: number;
}

/** What the fleet is made of. */
export interface FleetOptions {
  readonly clock: Clock;
  readonly secret: string;
  /** `ip:port` of the name server. */
  readonly dnsServer: string;
  /** Told in a sentence when a process ends. */
  readonly onEnd: (sentence: string) => void;
}

type Slot = { -readonly [K in keyof FleetNode]: FleetNode[K] } & { process: NodeProcess };

/** The processes of the demo. Actions return a sentence on what they did. */
export class Fleet implements AsyncDisposable {
  readonly #options: FleetOptions;
  readonly #slots: Slot[] = [];
  #isEnding = false;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  get nodes(): readonly FleetNode[] {
    return this.#slots;
  }

  /**
   * What DNS lists: like a pod whose container crashed, a dead node stays listed; one that was stopped
   * is deleted.
   */
  get endpoints(): readonly Endpoint[] {
    return this.#slots.filter(({ phase }) => phase !== "stopped").map(({ endpoint }) => endpoint);
  }

  /** Starts one more node. */
  add(): string {
    const number = this.#slots.length + 1;
    if (number > NODES_MAX) return `No node was added: ${NODES_MAX} are the most.`;
    const name = `node-${number}`;
    const endpoint = addressOfNode(number);
    const process = this.#spawn(name, endpoint);
    const sinceMs = this.#options.clock.nowMs();
    const slot: Slot = { name, endpoint, phase: "running", pid: process.pid, sinceMs, process };
    this.#slots.push(slot);
    this.#watch(slot, process);
    return `Started ${name} at ${endpoint.ip}:${endpoint.port}, process ${process.pid}.`;
  }

  /** Kills the node that has run for longest. */
  kill(): string {
    const slot = this.#longest("running");
    if (slot === undefined || this.#isLast()) return lastOne("killed");
    slot.process.signal("SIGKILL");
    return `Sent SIGKILL to ${slot.name}, process ${slot.pid}: it can say nothing any more.`;
  }

  /** Asks the node that has run for longest to end. */
  stop(): string {
    const slot = this.#longest("running");
    if (slot === undefined || this.#isLast()) return lastOne("stopped");
    this.#setPhase(slot, "stopping");
    slot.process.signal("SIGTERM");
    return `Sent SIGTERM to ${slot.name}, process ${slot.pid}: it hands over its counts first.`;
  }

  /** Starts the node again that ended first. */
  restart(): string {
    const slot = this.#longest("dead", "stopped");
    if (slot === undefined) return "No node was restarted: all of them run.";
    slot.process = this.#spawn(slot.name, slot.endpoint);
    slot.pid = slot.process.pid;
    this.#setPhase(slot, "running");
    this.#watch(slot, slot.process);
    return `Started ${slot.name} again, process ${slot.pid}: a new life that counts from 0.`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    await Promise.all(this.#slots.map(({ process }) => process.end(this.#options.clock)));
  }

  #spawn(name: string, { ip, port }: Endpoint): NodeProcess {
    return new NodeProcess({
      POD_NAME: name,
      POD_IP: ip,
      METRICS_LISTEN_HOST: ip,
      METRICS_PORT: String(port),
      CLUSTER_DNS_NAME: SERVICE.slice(0, -1),
      CLUSTER_DNS_SERVERS: this.#options.dnsServer,
      CLUSTER_SECRET: this.#options.secret,
    });
  }

  #watch(slot: Slot, process: NodeProcess): void {
    void process.ended.then(() => {
      if (this.#isEnding) return;
      const isStop = slot.phase === "stopping";
      this.#setPhase(slot, isStop ? "stopped" : "dead");
      const { name } = slot;
      const listing = isStop ? "DNS lists it no more" : "DNS still lists it, like a crashed pod";
      this.#options.onEnd(`The process of ${name} has ended; ${listing}.`);
    });
  }

  #setPhase(slot: Slot, phase: Phase): void {
    slot.phase = phase;
    slot.sinceMs = this.#options.clock.nowMs();
  }

  #longest(...phases: readonly Phase[]): Slot | undefined {
    const some = this.#slots.filter(({ phase }) => phases.includes(phase));
    return some.sort((a, b) => a.sinceMs - b.sinceMs)[0];
  }

  #isLast(): boolean {
    return this.#slots.filter(({ phase }) => phase === "running").length <= 1;
  }
}

function lastOne(done: string): string {
  return `No node was ${done}: only one runs, and the totals live in it. Press r or a first.`;
}
