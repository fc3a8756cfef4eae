import type { LimitersStatus } from "../../src/rate_limit/limiters.ts";
import { freePort } from "../servers/free_port.ts";
import type { LimiterWish, LoadResult, LoadWish } from "./limiting_program.ts";
import { NodeProcess } from "./node_process.ts";

const HEARTBEAT_MS = 200;

/** A node of one test that limits, in a process of its own. */
export class LimitingNode implements AsyncDisposable {
  readonly process: NodeProcess;

  private constructor(process: NodeProcess) {
    this.process = process;
  }

  /** Starts the node of a port, in a cluster of those of all ports. */
  static async start(port: number, ports: readonly number[]): Promise<LimitingNode> {
    const env = {
      POD_NAME: `node-${port}`,
      METRICS_PORT: `${port}`,
      METRICS_LISTEN_HOST: "127.0.0.1",
      MUSTER_APP_LISTEN_HOST: "127.0.0.1",
      CLUSTER_HEARTBEAT_MS: `${HEARTBEAT_MS}`,
      CLUSTER_SUSPECT_AFTER_MS: "1000",
      CLUSTER_DOWN_AFTER_MS: "2000",
      ...(ports.length > 1
        ? { CLUSTER_PEERS: ports.map((port) => `127.0.0.1:${port}`).join(",") }
        : {}),
    };
    const program = "tests/integration/limiting_program.ts";
    // The client of the store looks through all of the environment.
    return new LimitingNode(await NodeProcess.start({ env, program, isTrusted: true }));
  }

  /** Ports for so many nodes. */
  static ports(count: number): readonly number[] {
    return Array.from({ length: count }, () => freePort());
  }

  /** Makes a limiter. */
  async limit(wish: LimiterWish): Promise<void> {
    await this.process.post("/limiter", JSON.stringify(wish));
  }

  /** Makes requests in the node. */
  async load(wish: LoadWish): Promise<LoadResult> {
    const url = `${this.process.appUrl}/load`;
    const response = await fetch(url, { method: "POST", body: JSON.stringify(wish) });
    if (!response.ok) {
      throw new Error(`/load answered ${response.status}: ${await response.text()}`);
    }
    return await response.json();
  }

  /** What the node says of its limiters. */
  async limits(): Promise<LimitersStatus> {
    return JSON.parse(await this.process.get("/cluster/limits"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
  }
}
