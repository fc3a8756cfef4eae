import type { ClusterEvent } from "../../src/cluster/event_log.ts";
import type { Topology } from "../../src/cluster/topology.ts";
import { SERVICE_NAME } from "../integration/headless_service.ts";
import { processEnvironment, startFlags } from "../integration/node_process.ts";
import { ServerProcess } from "../servers/server_process.ts";
import { Caller, type CallerAnswer } from "./caller.ts";
import { type Machine, OPS_PORT } from "./namespace_network.ts";

const PROGRAM = new URL("../integration/node_program.ts", import.meta.url).pathname;
const APP_PORT = 4000;

/** A node on a machine of its own, and somebody beside it who asks it, as the machine's kubelet would. */
export class MachineNode implements AsyncDisposable {
  readonly name: string;
  readonly machine: Machine;
  readonly #process: ServerProcess;
  readonly #caller: Caller;

  private constructor(name: string, machine: Machine, process: ServerProcess, caller: Caller) {
    this.name = name;
    this.machine = machine;
    this.#process = process;
    this.#caller = caller;
  }

  /** Starts a node with the permissions of `deno task start`, and waits until it has announced itself. */
  static async start(
    name: string,
    machine: Machine,
    env: Readonly<Record<string, string>>,
  ): Promise<MachineNode> {
    const { address, namespace } = machine;
    const process = await ServerProcess.start({
      binary: "deno",
      namespace,
      args: ["run", ...await startFlags(), PROGRAM],
      env: {
        ...processEnvironment(),
        MUSTER_LOG_FORMAT: "json",
        POD_NAME: name,
        METRICS_LISTEN_HOST: address,
        METRICS_PORT: String(OPS_PORT),
        MUSTER_APP_LISTEN_HOST: address,
        PORT: String(APP_PORT),
        CLUSTER_DNS_NAME: SERVICE_NAME,
        ...env,
      },
      ready: (log) => log.includes('"appPort"'),
    });
    return new MachineNode(name, machine, process, new Caller(namespace));
  }

  get log(): string {
    return this.#process.log;
  }

  /** What a scraper on the machine gets. */
  scrape(timeoutSeconds = 2): Promise<CallerAnswer> {
    const headers = { "x-prometheus-scrape-timeout-seconds": String(timeoutSeconds) };
    const timeoutMs = timeoutSeconds * 1000;
    return this.#caller.call(this.#url(OPS_PORT, "/metrics"), { headers, timeoutMs });
  }

  /** Makes it count. */
  async inc(requests: number): Promise<void> {
    const url = this.#url(APP_PORT, `/inc?requests=${requests}&seconds=0.1,0.7`);
    const { status, text } = await this.#caller.call(url, { method: "POST" });
    if (status !== 200) throw new Error(`${this.name} did not count: ${status} ${text}`);
  }

  async topology(): Promise<Topology> {
    return JSON.parse(await this.#get("/cluster/topology"));
  }

  async events(): Promise<readonly ClusterEvent[]> {
    return JSON.parse(await this.#get("/cluster/events?format=json")).events;
  }

  /** Ends it without warning. */
  async kill(): Promise<void> {
    this.#process.signal("SIGKILL");
    await this.#process.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#caller[Symbol.asyncDispose]();
    await this.#process[Symbol.asyncDispose]();
  }

  async #get(path: string): Promise<string> {
    const { status, text } = await this.#caller.call(this.#url(OPS_PORT, path));
    if (status !== 200) throw new Error(`${this.name}: ${path} answered ${status}: ${text}`);
    return text;
  }

  #url(port: number, path: string): string {
    return `http://${this.machine.address}:${port}${path}`;
  }
}
