import { freePort } from "./free_port.ts";
import { ServerProcess } from "./server_process.ts";

/**
 * An nginx of one test that sends each request to any one of its servers, as a Kubernetes Service does:
 * at random, whether or not that one answers, and never to a second.
 */
export class Nginx implements AsyncDisposable {
  /** As `ip:port`. */
  readonly address: string;
  readonly #folder: string;
  #process: ServerProcess | null = null;
  #generation = 0;

  private constructor(address: string, folder: string) {
    this.address = address;
    this.#folder = folder;
  }

  /** Starts an nginx in front of servers, each as `ip:port`; at least one. */
  static async start(servers: readonly string[]): Promise<Nginx> {
    const folder = await Deno.makeTempDir({ prefix: "muster-nginx-" });
    const nginx = new Nginx(`127.0.0.1:${freePort()}`, folder);
    try {
      await nginx.#configure(servers);
      nginx.#process = await ServerProcess.start({
        binary: "nginx",
        args: ["-p", folder, "-c", `${folder}/nginx.conf`, "-e", "stderr"],
        ready: () => nginx.#hasTaken(),
      });
      return nginx;
    } catch (error) {
      await nginx[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Sends requests to these servers from here on; resolves when it does. */
  async balance(servers: readonly string[]): Promise<void> {
    await this.#configure(servers);
    this.#process!.signal("SIGHUP");
    await this.#process!.until(() => this.#hasTaken(), "take other servers");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }

  /** Whether the workers of the newest configuration answer, and those before take no more requests. */
  async #hasTaken(): Promise<boolean> {
    const gone = this.#process?.log.split("gracefully shutting down").length ?? 1;
    if (gone < this.#generation) return false;
    const response = await fetch(`http://${this.address}/generation`);
    return await response.text() === String(this.#generation);
  }

  async #configure(servers: readonly string[]): Promise<void> {
    this.#generation++;
    const folder = this.#folder;
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((what) => `${what}_temp_path ${folder}/${what};`);
    const text = `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr notice;
events { worker_connections 256; }
http {
  access_log off;
  # A connection that is kept would go on speaking to a worker of the configuration before.
  keepalive_timeout 0;
  ${temporary.join("\n  ")}
  upstream pods {
    random;
    ${servers.map((server) => `server ${server} max_fails=0;`).join("\n    ")}
  }
  server {
    listen ${this.address};
    error_log stderr crit;
    location = /generation { return 200 "${this.#generation}"; }
    location / {
      proxy_pass http://pods;
      proxy_next_upstream off;
      proxy_connect_timeout 1s;
      proxy_read_timeout 5s;
    }
  }
}
`;
    await Deno.writeTextFile(`${folder}/nginx.conf`, text);
  }
}
