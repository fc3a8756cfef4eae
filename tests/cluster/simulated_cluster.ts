import type { DiscoveryView } from "../../src/cluster/discovery_view.ts";
import type { MemberStatus } from "../../src/cluster/member.ts";
import type { Scraped } from "../../src/http/cluster_exposition.ts";
import { FakeClock } from "../fake_clock.ts";
import { SeededRandom } from "./seeded_random.ts";
import { NODE_SETTINGS, type NodeSettings, SimulatedNode } from "./simulated_node.ts";
import { type LinkState, SimulatedNetwork } from "./simulated_network.ts";

/** A merged scrape, to look values up in. */
export type SimulatedScrape =
  | {
    readonly kind: "exposed";
    readonly text: string;
    /** The sum of all samples of a name whose labels include `labels`; undefined for none. */
    readonly sum: (name: string, labels?: Readonly<Record<string, string>>) => number | undefined;
  }
  | Extract<Scraped, { readonly kind: "unavailable" }>;

/** How far time moves between two looks at something that is under way. */
const STEP_MS = 10;

/**
 * A whole cluster in one process: real nodes on a clock that the test moves, a network in memory and a
 * DNS that answers what the test says. The same seed gives the same run, message by message.
 */
export class SimulatedCluster {
  readonly clock: FakeClock = new FakeClock();
  readonly network: SimulatedNetwork;
  readonly #random: SeededRandom;
  readonly #settings: NodeSettings;
  readonly #listed = new Set<string>();
  readonly #running = new Set<SimulatedNode>();
  #addresses = 0;
  #version = 0;

  constructor(seed: number, settings: Partial<NodeSettings> = {}) {
    this.#random = new SeededRandom(seed);
    this.#settings = { ...NODE_SETTINGS, ...settings };
    this.network = new SimulatedNetwork(this.clock, this.#random.fork());
  }

  /** Starts a node and lists it in DNS. */
  start(
    name: string,
    { address = this.freshAddress(), isListed = true, discoversAfterMs = 0, ...settings }:
      & {
        readonly address?: string;
        readonly isListed?: boolean;
        /** How long DNS says nothing at first. */
        readonly discoversAfterMs?: number;
      }
      & Partial<NodeSettings> = {},
  ): SimulatedNode {
    const discoversAtMs = this.clock.nowMs() + discoversAfterMs;
    const node = new SimulatedNode(name, address, { ...this.#settings, ...settings }, {
      clock: this.clock,
      random: this.#random.fork(),
      network: this.network,
      view: () => {
        const view = this.view();
        return this.clock.nowMs() < discoversAtMs ? { ...view, addresses: [], version: 0 } : view;
      },
    });
    this.#running.add(node);
    if (isListed) this.list(address);
    node.start();
    return node;
  }

  /** An address that nobody had before. */
  freshAddress(): string {
    const number = ++this.#addresses;
    return `10.0.${number >> 8}.${number & 255}:4021`;
  }

  /** Puts addresses into DNS. */
  list(...addresses: readonly string[]): void {
    for (const address of addresses) this.#listed.add(address);
  }

  /** Takes addresses out of DNS. */
  unlist(...addresses: readonly string[]): void {
    for (const address of addresses) this.#listed.delete(address);
  }

  /** What DNS answers now: each look is a new answer. */
  view(): DiscoveryView {
    return {
      mode: "dns",
      name: "_metrics._tcp.simulated.",
      servers: [],
      addresses: [...this.#listed].sort(),
      version: ++this.#version,
      ttlMs: 1_000,
      lastSuccessAtMs: this.clock.nowMs(),
      lastError: null,
      polls: this.#version,
      failures: 0,
      consecutiveFailures: 0,
      negative: null,
      partial: false,
      source: "srv",
      addressesCut: 0,
    };
  }

  /** Sets what happens between two nodes, in both directions. */
  between(a: SimulatedNode, b: SimulatedNode, state: LinkState): void {
    this.network.link(a.address, b.address, state);
    this.network.link(b.address, a.address, state);
  }

  /** Lets time pass. */
  run(ms: number): Promise<void> {
    return this.clock.advance(ms);
  }

  /** Lets time pass until `promise` settles. */
  async settled<T>(promise: Promise<T>, withinMs: number): Promise<T> {
    let isSettled = false;
    const done = promise.finally(() => isSettled = true);
    done.catch(() => {});
    for (let ms = 0; !isSettled && ms < withinMs; ms += STEP_MS) await this.run(STEP_MS);
    if (!isSettled) throw new Error(`Nothing came of it within ${withinMs} ms of simulated time.`);
    return await done;
  }

  /** Lets time pass until `condition` holds, and gives how long that took. */
  async until(what: string, condition: () => boolean, withinMs: number): Promise<number> {
    const startMs = this.clock.nowMs();
    while (!condition()) {
      if (this.clock.nowMs() - startMs >= withinMs) {
        throw new Error(`Waited ${withinMs} ms of simulated time in vain for ${what}.`);
      }
      await this.run(STEP_MS);
    }
    return this.clock.nowMs() - startMs;
  }

  /** Scrapes the whole cluster from one node. */
  async scrape(node: SimulatedNode, timeoutMs = 2_000): Promise<SimulatedScrape> {
    const scraped = await this.settled(node.exposition.scrape(timeoutMs), timeoutMs + 1_000);
    if (scraped.kind === "unavailable") return scraped;
    const chunks = [...scraped.answer.render()];
    const text = chunks.map((chunk) => new TextDecoder().decode(chunk)).join("");
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    const sum = (name: string, labels: Readonly<Record<string, string>> = {}) => {
      const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
      const values = lines
        .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
        .filter((line) => pairs.every((pair) => line.includes(pair)))
        .map((line) => Number(line.slice(line.lastIndexOf(" "))));
      return values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);
    };
    return { kind: "exposed", text, sum };
  }

  /** The statuses that each of `watchers` has `node` in. */
  statusesOf(
    node: SimulatedNode,
    watchers: readonly SimulatedNode[],
  ): (MemberStatus | undefined)[] {
    return watchers.map((watcher) => watcher.statusOf(node));
  }

  /** Starts named nodes and lets them find each other and become complete. */
  static async of(
    names: readonly string[],
    { seed = 1, ...settings }: Partial<NodeSettings> & { readonly seed?: number } = {},
  ): Promise<{ readonly cluster: SimulatedCluster; readonly nodes: SimulatedNode[] }> {
    const cluster = new SimulatedCluster(seed, settings);
    const nodes = names.map((name) => cluster.start(name));
    await cluster.until(
      "all nodes to know all others and to be complete",
      () =>
        nodes.every((node) =>
          node.node.exchange.isComplete &&
          nodes.every((other) => node.statusOf(other) === "up")
        ),
      20_000,
    );
    return { cluster, nodes };
  }
}
