import { freePort } from "./free_port.ts";
import { ServerProcess } from "./server_process.ts";

/** The zone that Knot DNS holds. */
export const KNOT_ZONE = "cluster.local.";

/** A zone that it is configured for and can't load: questions get SERVFAIL. Others get REFUSED. */
export const KNOT_BROKEN_ZONE = "broken.example.";

/** Where a Knot listens, if not on a free port of 127.0.0.1. */
export interface KnotPlace {
  readonly address: string;
  readonly port: number;
  /** The network namespace that has the address. */
  readonly namespace: string;
}

/**
 * A Knot DNS of one test, on a port of 127.0.0.1 or in a namespace: an authoritative server that sends an SOA with
 * negative answers and empties truncated ones.
 */
export class Knot implements AsyncDisposable {
  readonly address: string;
  readonly port: number;
  readonly #namespace: string | undefined;
  readonly #folder: string;
  #process: ServerProcess | null = null;
  #serial = 0;

  private constructor(place: Partial<KnotPlace>, folder: string) {
    const { address = "127.0.0.1", port = freePort(), namespace } = place;
    this.address = address;
    this.port = port;
    this.#namespace = namespace;
    this.#folder = folder;
  }

  /** Starts a Knot with `records`, lines of a zone file (RFC 1035) below {@link KNOT_ZONE}. */
  static async start(
    records: readonly string[],
    negativeTtlSeconds = 7,
    place: Partial<KnotPlace> = {},
  ): Promise<Knot> {
    const server = new Knot(place, await Deno.makeTempDir({ prefix: "muster-knot-" }));
    try {
      await server.#writeConfig();
      await server.#writeZone(records, negativeTtlSeconds);
      await server.start();
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  /** Replaces the zone while the server runs, and waits until it is loaded. */
  async answer(records: readonly string[], negativeTtlSeconds = 7): Promise<void> {
    await this.#writeZone(records, negativeTtlSeconds);
    this.#process!.signal("SIGHUP");
    await this.#process!.until(() => this.#loaded(this.#process!.log), "reload the zone");
  }

  /** Starts the server again after {@link stop}, on the same port and with the same zone. */
  async start(): Promise<void> {
    this.#process = await ServerProcess.start({
      binary: "knotd",
      args: ["--config", `${this.#folder}/knot.conf`],
      ...(this.#namespace === undefined ? {} : { namespace: this.#namespace }),
      ready: (log) => log.includes("server started") && this.#loaded(log),
    });
  }

  /** Stops answering. */
  async stop(): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    this.#process = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Deno.remove(this.#folder, { recursive: true });
  }

  #loaded(log: string): boolean {
    return new RegExp(`loaded, serial (none|\\d+) -> ${this.#serial},`).test(log);
  }

  async #writeZone(records: readonly string[], negativeTtlSeconds: number): Promise<void> {
    this.#serial++;
    const lines = [
      `$ORIGIN ${KNOT_ZONE}`,
      "$TTL 5",
      `@ ${negativeTtlSeconds} SOA ns hostmaster ${this.#serial} 3600 600 86400 ${negativeTtlSeconds}`,
      "@ NS ns",
      "ns A 127.0.0.1",
      ...records,
    ];
    await Deno.writeTextFile(`${this.#folder}/zone`, lines.join("\n") + "\n");
  }

  async #writeConfig(): Promise<void> {
    const text = `
server:
    rundir: "${this.#folder}"
    listen: ${this.address}@${this.port}
log:
  - target: stdout
    any: info
database:
    storage: "${this.#folder}/db"
zone:
  - domain: ${KNOT_ZONE}
    file: "${this.#folder}/zone"
    zonefile-sync: -1
    journal-content: none
  - domain: ${KNOT_BROKEN_ZONE}
    file: "${this.#folder}/missing"
`;
    await Deno.writeTextFile(`${this.#folder}/knot.conf`, text);
  }
}
