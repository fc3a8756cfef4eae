import type { ClusterNode } from "../../src/cluster/cluster_node.ts";
import type { LinkOutcome, PeerLink } from "../../src/cluster/peer_link.ts";
import { receive } from "../../src/cluster/receiver.ts";
import type { Message } from "../../src/cluster/wire/message.ts";
import { decodeMessage, encodeMessage } from "../../src/cluster/wire/message_codec.ts";
import type { Clock } from "../../src/io/clock.ts";
import type { Random } from "../../src/io/random.ts";
import type { NodeClock } from "./node_clock.ts";

/** What happens to packets on their way from one address to another. */
export type LinkState =
  /**
   * They arrive after `delayMs` and up to `jitterMs` more, but for the share `loss` of them. The share
   * `twice` of requests arrives two times, as a request does that a client repeats.
   */
  | {
    readonly kind: "open";
    readonly delayMs?: number;
    readonly jitterMs?: number;
    readonly loss?: number;
    readonly twice?: number;
  }
  /** They vanish, as behind a cut cable. */
  | { readonly kind: "cut" };

/** What is at an address. */
export type Host =
  | {
    readonly kind: "process";
    readonly node: () => ClusterNode;
    readonly clock: NodeClock;
    readonly bodyBytesMax: number;
  }
  /** The machine runs and nobody listens: connections are refused. */
  | { readonly kind: "closed" };

/** One request, as the network saw it. */
export interface Delivery {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly message: Message;
}

const DELAY_MS = 1;

/**
 * A network in memory. Messages cross it as the bytes that the real one carries, and every step of
 * their way takes time on the clock of the simulation.
 */
export class SimulatedNetwork {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #hosts = new Map<string, Host>();
  readonly #links = new Map<string, LinkState>();
  /** Called for each request that arrives. */
  onDelivery: ((delivery: Delivery) => void) | null = null;
  /** What happens between addresses of which nothing else was said. */
  weather: LinkState = { kind: "open" };
  /** Requests that were sent, and bytes in both directions. */
  readonly counts = { requests: 0, bytes: 0 };

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Puts a host at an address; undefined takes it away, so that packets to it vanish. */
  place(address: string, host: Host | undefined): void {
    if (host === undefined) this.#hosts.delete(address);
    else this.#hosts.set(address, host);
  }

  /** Sets what happens to packets one way. */
  link(from: string, to: string, state: LinkState): void {
    this.#links.set(`${from} ${to}`, state);
  }

  /** Lets the weather decide again between two addresses, one way. */
  unlink(from: string, to: string): void {
    this.#links.delete(`${from} ${to}`);
  }

  /** Lets the weather decide again everywhere. */
  unlinkAll(): void {
    this.#links.clear();
  }

  /** The link of the process at `address`. */
  linkOf(address: string, clock: NodeClock, bodyBytesMax: number): PeerLink {
    return {
      send: (to, message, timeoutMs) => {
        const { promise, resolve } = Promise.withResolvers<LinkOutcome>();
        const startMs = clock.nowMs();
        const cancel = clock.after(timeoutMs, () => {
          resolve({ kind: "silent", reason: `no answer within ${Math.round(timeoutMs)} ms` });
        });
        this.#request(address, to, encodeMessage(message), (reply) => {
          // A process that stands still, or has ended, reads nothing.
          clock.whenRunning(() => {
            cancel();
            resolve(outcomeOf(reply, clock.nowMs() - startMs, bodyBytesMax));
          });
        });
        return promise;
      },
    };
  }

  #request(
    from: string,
    to: string,
    body: Uint8Array<ArrayBuffer>,
    reply: (reply: Reply) => void,
  ): void {
    this.counts.requests++;
    this.counts.bytes += body.length;
    const state = this.#links.get(`${from} ${to}`) ?? this.weather;
    const isTwice = state.kind === "open" && state.twice !== undefined &&
      this.#random.float() < state.twice;
    for (let copies = isTwice ? 2 : 1; copies > 0; copies--) this.#carry(from, to, body, reply);
  }

  #carry(
    from: string,
    to: string,
    body: Uint8Array<ArrayBuffer>,
    reply: (reply: Reply) => void,
  ): void {
    this.#travel(from, to, () => {
      const host = this.#hosts.get(to);
      if (host === undefined) return;
      const back = (answer: Reply) => this.#travel(to, from, () => reply(answer));
      if (host.kind === "closed") return back({ kind: "refused" });
      host.clock.whenRunning(() => {
        if (body.length > host.bodyBytesMax) {
          return back({ kind: "rejected", status: 413, code: "too_large", reason: "too large" });
        }
        if (this.onDelivery !== null) this.#tell(from, to, body, this.onDelivery);
        const reception = receive(host.node(), body, from);
        if (reception.kind === "refusal") {
          const { status, code, reason } = reception;
          return back({ kind: "rejected", status, code, reason });
        }
        this.counts.bytes += reception.body.length;
        back({ kind: "body", body: reception.body });
      });
    });
  }

  #travel(from: string, to: string, arrive: () => void): void {
    const state = this.#links.get(`${from} ${to}`) ?? this.weather;
    if (state.kind === "cut") return;
    if (state.loss !== undefined && this.#random.float() < state.loss) return;
    const jitterMs = state.jitterMs === undefined ? 0 : this.#random.float() * state.jitterMs;
    this.#clock.after((state.delayMs ?? DELAY_MS) + jitterMs, arrive);
  }

  #tell(
    from: string,
    to: string,
    body: Uint8Array,
    onDelivery: (delivery: Delivery) => void,
  ): void {
    const decoded = decodeMessage(body);
    if (decoded.kind !== "message") return;
    onDelivery({ atMs: this.#clock.nowMs(), from, to, message: decoded.message });
  }
}

type Reply =
  | { readonly kind: "body"; readonly body: Uint8Array }
  | Extract<LinkOutcome, { readonly kind: "refused" | "rejected" }>;

function outcomeOf(reply: Reply, rttMs: number, bodyBytesMax: number): LinkOutcome {
  if (reply.kind !== "body") return reply;
  if (reply.body.length > bodyBytesMax) {
    return { kind: "unusable", reason: `the answer is longer than ${bodyBytesMax} bytes` };
  }
  const decoded = decodeMessage(reply.body);
  return decoded.kind === "message"
    ? { kind: "answer", message: decoded.message, rttMs }
    : { kind: "unusable", reason: `the answer is ${decoded.kind}` };
}
