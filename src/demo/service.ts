import { createConnections } from "../io/fetch_connections.ts";
import { type RunningServer, serve } from "../http/server.ts";
import type { FleetNode } from "./fleet.ts";

const HOST = "127.0.0.1";
const PORT = 4020;
const ANSWERED_BY = "demo-answered-by";

/**
 * Stands for the Kubernetes Service: one URL, and behind it whichever node is next. Every node gives
 * the same answer, so nobody who scrapes has to know which one it was; the header
 * `demo-answered-by` tells.
 */
export class Service implements AsyncDisposable {
  readonly url: string;
  readonly #server: RunningServer;
  readonly #nodes: () => readonly FleetNode[];
  readonly #connections = createConnections();
  #turn = 0;

  /** Listens on port 4020 of 127.0.0.1, or where that is taken on any free one. */
  constructor(nodes: () => readonly FleetNode[]) {
    this.#nodes = nodes;
    this.#server = this.#listen(PORT) ?? this.#listen(0)!;
    this.url = `http://${HOST}:${this.#server.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connections.close();
    await this.#server[Symbol.asyncDispose]();
  }

  /** Hands a request to the next node that runs and answers. */
  async answer(request: Request): Promise<Response> {
    if (request.method !== "GET") return new Response("Only GET.\n", { status: 405 });
    const running = this.#nodes().filter(({ phase }) => phase === "running");
    const { pathname, search } = new URL(request.url);
    const turn = this.#turn++;
    for (let i = 0; i < running.length; i++) {
      const { name, endpoint: { ip, port } } = running[(turn + i) % running.length]!;
      const url = `http://${ip}:${port}${pathname}${search}`;
      const headers = new Headers(request.headers);
      headers.delete("host");
      // What came compressed would go on decompressed, under the old header.
      headers.set("accept-encoding", "identity");
      try {
        const client = this.#connections.to(new URL(url));
        const { status, headers: answered, body } = await fetch(url, { headers, client });
        const passed = new Headers(answered);
        passed.set(ANSWERED_BY, name);
        return new Response(body, { status, headers: passed });
      } catch {
        // It died a moment ago, or does not listen yet.
      }
    }
    return new Response("No node answers.\n", { status: 503 });
  }

  #listen(port: number): RunningServer | null {
    try {
      const handler = (request: Request) => this.answer(request);
      return serve({ host: HOST, port, handler, onError: () => {} });
    } catch (error) {
      if (port === 0) throw error;
      return null;
    }
  }
}
