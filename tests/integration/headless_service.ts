import { freePort } from "../servers/free_port.ts";
import { Knot, KNOT_ZONE } from "../servers/knot.ts";
import { NodeProcess } from "./node_process.ts";

/** Where a node listens. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

const TTL_MS = 5_000;

/** A Kubernetes headless Service as pods see it: SRV and A records of whoever is listed. */
export class HeadlessService implements AsyncDisposable {
  readonly name: string = `muster.default.svc.${KNOT_ZONE.slice(0, -1)}`;
  readonly ttlMs: number = TTL_MS;
  readonly dns: Knot;
  readonly #listed = new Map<string, Place>();

  private constructor(dns: Knot) {
    this.dns = dns;
  }

  static async start(): Promise<HeadlessService> {
    return new HeadlessService(await Knot.start([]));
  }

  /** What a node is told to find the service. */
  get discovery(): Readonly<Record<string, string>> {
    const { address, port } = this.dns;
    return { CLUSTER_DNS_NAME: this.name, CLUSTER_DNS_SERVERS: `${address}:${port}` };
  }

  /** Gives a pod an address, 127.0.0.`last`, and a free port, without listing it. */
  place(last: number): Place {
    const host = `127.0.0.${last}`;
    return { host, port: freePort(host) };
  }

  /** Lists pods, and waits until the server answers with them. */
  async list(pods: Readonly<Record<string, Place>>): Promise<void> {
    for (const [name, place] of Object.entries(pods)) this.#listed.set(name, place);
    await this.dns.answer(this.#records());
  }

  async unlist(name: string): Promise<void> {
    this.#listed.delete(name);
    await this.dns.answer(this.#records());
  }

  /** Starts a pod at its place. */
  startNode(
    name: string,
    { host, port }: Place,
    env: Readonly<Record<string, string>> = {},
  ): Promise<NodeProcess> {
    return NodeProcess.start({
      env: {
        POD_NAME: name,
        METRICS_LISTEN_HOST: host,
        METRICS_PORT: String(port),
        MUSTER_APP_LISTEN_HOST: host,
        ...this.discovery,
        ...env,
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dns[Symbol.asyncDispose]();
  }

  #records(): string[] {
    const service = `muster.default.svc`;
    return Array.from(this.#listed, ([name, { host, port }]) => [
      `_metrics._tcp.${service} SRV 0 0 ${port} ${name}.${service}`,
      `${name}.${service} A ${host}`,
      `${service} A ${host}`,
    ]).flat();
  }
}
