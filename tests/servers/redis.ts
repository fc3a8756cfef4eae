import { freePort } from "./free_port.ts";
import { ServerProcess } from "./server_process.ts";

/** A Redis of one test, on a port of 127.0.0.1, that writes everything to disk before it answers. */
export class Redis implements AsyncDisposable {
  readonly url: string;
  readonly #port: number;
  readonly #folder: string;
  #process: ServerProcess | null = null;

  private constructor(port: number, folder: string) {
    this.#port = port;
    this.#folder = folder;
    this.url = `redis://127.0.0.1:${port}`;
  }

  /** Starts an empty Redis. */
  static async start(): Promise<Redis> {
    const server = new Redis(freePort(), await Deno.makeTempDir({ prefix: "muster-redis-" }));
    try {
      await server.start();
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  /** Starts it again, on the same port and with what it had, after {@linkcode kill}. */
  async start(): Promise<void> {
    const args = ["--port", `${this.#port}`, "--bind", "127.0.0.1", "--dir", this.#folder];
    this.#process = await ServerProcess.start({
      binary: "redis-server",
      args: [...args, "--save", "", "--appendonly", "yes", "--appendfsync", "always"],
      ready: (log) => log.includes("Ready to accept connections"),
    });
  }

  /** Ends it without warning. */
  async kill(): Promise<void> {
    this.#process!.signal("SIGKILL");
    await this.#process!.ended();
  }

  /** Takes the processor away from it: connections stay, and nothing answers. */
  hang(): void {
    this.#process!.signal("SIGSTOP");
  }

  /** Gives the processor back after {@linkcode hang}. */
  resume(): void {
    this.#process!.signal("SIGCONT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}
