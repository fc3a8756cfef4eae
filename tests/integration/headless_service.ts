import { freePort } from "../servers/free_port.ts";
import { Knot, KNOT_ZONE } from "../servers/knot.ts";
import { NodeProcess } from "./node_process.ts";

/** Where a node listens. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

const TTL_MS = 5_000;
/** What the service is called in the zone. */
const SERVICE = "muster.default.svc";

/** The service's name as pods are told it. */
export const SERVICE_NAME: string = `${SERVICE}.${KNOT_ZONE.slice(0, -1)}`;

/** The SRV and A records of a headless service's pods. */
export function serviceRecords(pods: Iterable<readonly [name: string, place: Place]>): string[] {
  return Array.from(pods, ([name, { host, port }]) => [
    `_metrics._tcp.${SERVICE} SRV 0 0 ${port} ${name}.${SERVICE}`,
    `${name}.${SERVICE} A ${host}`,
    `${SERVICE} A ${host}`,
  ]).flat();
}

/** A Kubernetes headless Service as pods see it: SRV and A records of whoever is listed. */
export class HeadlessService implements AsyncDisposable {
  readonly name: string = SERVICE_NAME;
  readonly ttlMs: number = TTL_MS;
  readonly dns: Knot;
  readonly #listed = new Map<string, Place>();
  #published: Promise<void> = Promise.resolve();

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
    await this.#publish();
  }

  async unlist(name: string): Promise<void> {
    this.#listed.delete(name);
    await this.#publish();
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

  /** One after another: the server is asked to load a zone, and then waited for. */
  #publish(): Promise<void> {
    this.#published = this.#published.catch(() => {})
      .then(() => this.dns.answer(serviceRecords(this.#listed)));
    return this.#published;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dns[Symbol.asyncDispose]();
  }
}
