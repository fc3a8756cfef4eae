import { sampleOf } from "../integration/running_node.ts";
import { FallWatch } from "../integration/fall_watch.ts";
import { type Place, serviceRecords } from "../integration/headless_service.ts";
import { Knot } from "../servers/knot.ts";
import { until } from "../until.ts";
import type { CallerAnswer } from "./caller.ts";
import { MachineNode } from "./machine_node.ts";
import { NamespaceNetwork, OPS_PORT } from "./namespace_network.ts";

const DNS_NUMBER = 2;
const DNS_PORT = 53;
const FIRST_NUMBER = 11;
/** The counter of which the truth is known. */
const COUNTER = "it_requests_total";

/** Nodes on machines of their own, a name server on another, and the truth of what they counted. */
export class NamespaceCluster implements AsyncDisposable {
  readonly network: NamespaceNetwork;
  readonly nodes: MachineNode[] = [];
  /** Of all answers that any node gave. */
  readonly watch: FallWatch = new FallWatch();
  readonly #dns: Knot;
  readonly #env: Readonly<Record<string, string>>;
  readonly #stack: AsyncDisposableStack;
  readonly #listed = new Map<string, Place>();
  #counted = 0;

  private constructor(
    network: NamespaceNetwork,
    dns: Knot,
    env: Readonly<Record<string, string>>,
    stack: AsyncDisposableStack,
  ) {
    this.network = network;
    this.#dns = dns;
    this.#env = { CLUSTER_DNS_SERVERS: `${dns.address}:${dns.port}`, ...env };
    this.#stack = stack;
  }

  /** Makes the network and the name server on it. */
  static async create(env: Readonly<Record<string, string>>): Promise<NamespaceCluster> {
    const stack = new AsyncDisposableStack();
    try {
      const network = stack.use(await NamespaceNetwork.create());
      const place = { ...(await network.join(DNS_NUMBER)), port: DNS_PORT };
      const dns = stack.use(await Knot.start([], 7, place));
      return new NamespaceCluster(network, dns, env, stack);
    } catch (error) {
      await stack[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** How much all nodes counted together. */
  get counted(): number {
    return this.#counted;
  }

  /** Lists one more node in DNS and starts it. */
  async add(name: string): Promise<MachineNode> {
    const machine = await this.network.join(FIRST_NUMBER + this.#listed.size);
    this.#listed.set(name, { host: machine.address, port: OPS_PORT });
    await this.#dns.answer(serviceRecords(this.#listed));
    const node = this.#stack.use(await MachineNode.start(name, machine, this.#env));
    this.nodes.push(node);
    return node;
  }

  /** Takes a node out of DNS, as Kubernetes does with the pods of a lost machine. */
  async unlist({ name }: MachineNode): Promise<void> {
    this.#listed.delete(name);
    await this.#dns.answer(serviceRecords(this.#listed));
  }

  /** Makes nodes count. */
  async count(nodes: readonly MachineNode[]): Promise<void> {
    await Promise.all(nodes.map(async (node, i) => {
      await node.inc(i + 1);
      this.#counted += i + 1;
    }));
  }

  /** Scrapes a node; what it answers must not fall below what any node answered before. */
  async scrape(node: MachineNode): Promise<CallerAnswer & { readonly value: number | null }> {
    const answer = await node.scrape();
    if (answer.status !== 200) return { ...answer, value: null };
    this.watch.see(answer.text, node.name);
    return { ...answer, value: sampleOf(answer.text, COUNTER) };
  }

  /** Waits until each of the nodes answers with what all of them counted. */
  async untilTold(nodes: readonly MachineNode[], deadlineMs = 20_000): Promise<void> {
    let values: (number | string)[] = [];
    await until(async () => {
      values = [];
      for (const node of nodes) {
        const { value, text } = await this.scrape(node);
        values.push(value ?? text);
      }
      return values.every((value) => value === this.#counted);
    }, {
      what: `all to answer with ${this.#counted}`,
      deadlineMs,
      everyMs: 100,
      details: () => JSON.stringify(values, null, 1),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]();
  }
}
