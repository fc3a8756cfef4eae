import type { Topology } from "../cluster/topology.ts";
import type { HttpClient } from "../io/http_client.ts";
import type { FleetNode } from "./fleet.ts";
import { sampleSum } from "./sample_sum.ts";
import { ORDERS_METRIC } from "./traffic.ts";

const TIMEOUT_MS = 3_000;
const BYTES_MAX = 16_777_216;

/** The merged total, and how it went so far. */
export interface MergedTotal {
  readonly orders: number;
  readonly answeredBy: string;
  /** Merged scrapes of this demo. */
  readonly scrapes: number;
  /** Scrapes that showed less than one before: none, ever. */
  readonly falls: number;
}

/** Asks the nodes what they say. */
export class ClusterView {
  readonly #http: HttpClient;
  readonly #serviceUrl: string;
  #highest = 0;
  #scrapes = 0;
  #falls = 0;

  constructor(http: HttpClient, serviceUrl: string) {
    this.#http = http;
    this.#serviceUrl = serviceUrl;
  }

  /** One merged scrape; the reason as a text where there was none. */
  async merged(): Promise<MergedTotal | string> {
    const outcome = await this.#get(`${this.#serviceUrl}/metrics`);
    if (outcome === null) return "nobody answers";
    const orders = outcome.status === 200 ? sampleSum(outcome.text, ORDERS_METRIC) : null;
    if (orders === null) return outcome.text.trim() || `status ${outcome.status}`;
    this.#scrapes++;
    if (orders < this.#highest) this.#falls++;
    this.#highest = Math.max(this.#highest, orders);
    const { answeredBy } = outcome;
    return { orders, answeredBy, scrapes: this.#scrapes, falls: this.#falls };
  }

  /** What each node that runs has counted in its present life, by name. */
  async ownOrders(nodes: readonly FleetNode[]): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    await Promise.all(
      nodes.filter(({ phase }) => phase === "running").map(async (node) => {
        const { ip, port } = node.endpoint;
        const outcome = await this.#get(`http://${ip}:${port}/metrics/node`);
        const orders = outcome === null ? null : sampleSum(outcome.text, ORDERS_METRIC);
        if (orders !== null) counts.set(node.name, orders);
      }),
    );
    return counts;
  }

  /** The state of each node's newest life, as the node that the service asks sees it. */
  async statuses(): Promise<ReadonlyMap<string, string>> {
    const outcome = await this.#get(`${this.#serviceUrl}/cluster/topology`);
    if (outcome?.status !== 200) return new Map();
    const { members, departed }: Topology = JSON.parse(outcome.text);
    const lives = [...members, ...departed].sort((a, b) => a.startedAtMs - b.startedAtMs);
    return new Map(lives.map(({ id, status }) => [id, status]));
  }

  async #get(url: string): Promise<{ status: number; text: string; answeredBy: string } | null> {
    const outcome = await this.#http.request({
      method: "GET",
      url,
      timeoutMs: TIMEOUT_MS,
      bodyBytesMax: BYTES_MAX,
    });
    if (outcome.kind !== "response") return null;
    const { status, headers, body } = outcome;
    const answeredBy = headers.get("demo-answered-by") ?? "";
    return { status, text: new TextDecoder().decode(body), answeredBy };
  }
}
