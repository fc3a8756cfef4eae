import type { DiscoveryView } from "../src/cluster/discovery_view.ts";
import type { Counter } from "../src/metrics/counter.ts";
import { SeededRandom } from "../tests/cluster/seeded_random.ts";
import { SimulatedNetwork } from "../tests/cluster/simulated_network.ts";
import { NODE_SETTINGS, SimulatedNode } from "../tests/cluster/simulated_node.ts";
import { VirtualClock } from "../tests/simulation/virtual_clock.ts";
import type { Outcome, Spread } from "./comparison.ts";

const CRASHES_MAX = 6;
const FACTS = 20;
/** How exactly times are told. */
const STEP_MS = 20;
const STARTED_MS = 60_000;
const WAIT_MS = 60_000;

/** Whole clusters on a clock of their own, to see how long news takes. */
export async function clusterTimes(sizes: readonly number[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const size of sizes) {
    const cluster = new SimulatedTimes(size);
    await cluster.start();
    const facts = await cluster.facts();
    const processes = await cluster.crashes("process");
    const machines = await cluster.crashes("machine");
    outcomes.push(
      {
        title: `until a count is in all copies, ${size} nodes`,
        unit: "s",
        spreads: [quantiles("until in the last of them", facts)],
        bars: [],
        note: `simulated, ${FACTS} counts at random moments; messages take a millisecond.`,
      },
      {
        title: `from a crash until a node holds it for down, ${size} nodes`,
        unit: "s",
        spreads: [
          ...both("a process that died", processes),
          ...both("a machine that was lost", machines),
        ],
        bars: [],
        note: `simulated, over all survivors of several crashes.`,
      },
    );
  }
  return outcomes;
}

/** A whole cluster on a virtual clock. */
class SimulatedTimes {
  readonly #clock = new VirtualClock();
  readonly #random = new SeededRandom(7);
  readonly #network = new SimulatedNetwork(this.#clock, this.#random.fork());
  readonly #nodes: SimulatedNode[] = [];
  readonly #listed = new Set<string>();
  readonly #counters = new Map<SimulatedNode, Counter>();
  #version = 0;

  constructor(size: number) {
    for (let i = 1; i <= size; i++) {
      const address = `10.0.${i >> 8}.${i & 255}:4021`;
      this.#listed.add(address);
      const node = new SimulatedNode(`web-${i}`, address, {
        ...NODE_SETTINGS,
        measuresItself: false,
      }, {
        clock: this.#clock,
        random: this.#random.fork(),
        network: this.#network,
        view: () => this.#view(),
      });
      this.#counters.set(node, node.registry.counter({ name: "facts_total", help: "Facts." }));
      this.#nodes.push(node);
    }
  }

  /** Starts all within a second, and waits until everybody is up and complete. */
  async start(): Promise<void> {
    for (const node of this.#nodes) {
      this.#clock.after(this.#random.float() * 1_000, () => node.start());
    }
    await this.#until(
      STARTED_MS,
      () =>
        this.#nodes.every(({ node: { exchange, state: { roster } } }) =>
          exchange.isComplete &&
          roster.members.filter(({ status }) => status === "up").length === this.#nodes.length
        ),
    );
  }

  /** Seconds from a count on one node until all others' copies have it. */
  async facts(): Promise<number[]> {
    const seconds: number[] = [];
    for (let fact = 0; fact < FACTS; fact++) {
      const owner = this.#any();
      await this.#pass(this.#random.float() * 1_000);
      const counter = this.#counters.get(owner)!;
      counter.inc();
      const { value } = counter;
      const others = this.#nodes.filter((node) => node !== owner);
      const tookMs = await this.#until(
        WAIT_MS,
        () =>
          others.every(({ node }) => node.state.copyOf(owner.incarnation)?.pages[0]?.[0] === value),
      );
      seconds.push(tookMs / 1000);
    }
    return seconds;
  }

  /** Seconds from a crash until each survivor holds the node for down. */
  async crashes(what: "process" | "machine"): Promise<number[]> {
    const seconds: number[] = [];
    const crashes = Math.min(CRASHES_MAX, Math.floor(this.#nodes.length / 3));
    for (let crash = 0; crash < crashes; crash++) {
      const victim = this.#any();
      await this.#pass(this.#random.float() * 1_000);
      this.#nodes.splice(this.#nodes.indexOf(victim), 1);
      victim.kill(what);
      const startMs = this.#clock.nowMs();
      const waiting = new Set(this.#nodes);
      await this.#until(WAIT_MS, () => {
        for (const node of waiting) {
          if (node.statusOf(victim) !== "down") continue;
          waiting.delete(node);
          seconds.push((this.#clock.nowMs() - startMs) / 1000);
        }
        return waiting.size === 0;
      });
      this.#listed.delete(victim.address);
    }
    return seconds;
  }

  #any(): SimulatedNode {
    return this.#nodes[Math.floor(this.#random.float() * this.#nodes.length)]!;
  }

  async #pass(ms: number): Promise<void> {
    await this.#clock.runUntil(this.#clock.nowMs() + ms, () => false);
  }

  async #until(withinMs: number, condition: () => boolean): Promise<number> {
    const startMs = this.#clock.nowMs();
    while (!condition()) {
      if (this.#clock.nowMs() - startMs > withinMs) throw new Error("BUG: waited in vain");
      await this.#pass(STEP_MS);
    }
    return this.#clock.nowMs() - startMs;
  }

  #view(): DiscoveryView {
    return {
      mode: "dns",
      name: "_metrics._tcp.bench.",
      servers: [],
      addresses: [...this.#listed],
      version: ++this.#version,
      ttlMs: 1_000,
      lastSuccessAtMs: this.#clock.nowMs(),
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
}

function both(name: string, seconds: readonly number[]): Spread[] {
  return [quantiles(`${name}, p50`, seconds), quantiles(`${name}, p99`, seconds, 0.99)];
}

function quantiles(name: string, values: readonly number[], share = 0.5): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return { name, median: sorted[at]!, min: sorted[0]!, max: sorted.at(-1)! };
}
