import { freePort } from "./free_port.ts";
import { ServerProcess } from "./server_process.ts";

/** What a {@link Dnsmasq} answers. Names without the final dot. */
export interface DnsmasqRecords {
  /** Each name and its IPv4 and IPv6 addresses. */
  readonly hosts?: Readonly<Record<string, readonly string[]>>;
  /** Each SRV name and its targets as `host:port`. */
  readonly services?: Readonly<Record<string, readonly string[]>>;
  /** Each alias and the one of `hosts` that it stands for. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Of all records. @default {5} */
  readonly ttlSeconds?: number;
}

/** The zone that dnsmasq knows; below it, unknown names do not exist, above it is REFUSED. */
export const DNSMASQ_ZONE = "cluster.local";

/**
 * A dnsmasq of one test, on a port of 127.0.0.1. It sends no SOA, fills truncated replies with a
 * plausible part and rotates its answers.
 */
export class Dnsmasq implements AsyncDisposable {
  readonly address = "127.0.0.1";
  readonly port: number;
  readonly #folder: string;
  #process: ServerProcess | null = null;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
  }

  /** Starts a dnsmasq that answers with `records`. */
  static async start(records: DnsmasqRecords): Promise<Dnsmasq> {
    const server = new Dnsmasq(freePort(), await Deno.makeTempDir({ prefix: "muster-dnsmasq-" }));
    try {
      await server.answer(records);
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  /** Replaces all records; a restart on the same port, since dnsmasq reloads no SRV records. */
  async answer(records: DnsmasqRecords): Promise<void> {
    await this.stop();
    const path = `${this.#folder}/dnsmasq.conf`;
    await Deno.writeTextFile(path, this.#config(records));
    this.#process = await ServerProcess.start({
      binary: "dnsmasq",
      args: ["--keep-in-foreground", "--log-facility=-", `--conf-file=${path}`],
      ready: (log) => log.includes("started, version"),
    });
  }

  /** Stops answering; the port stays closed until the next {@link answer}. */
  async stop(): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    this.#process = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Deno.remove(this.#folder, { recursive: true });
  }

  #config({ hosts = {}, services = {}, aliases = {}, ttlSeconds = 5 }: DnsmasqRecords): string {
    const lines = [
      "no-resolv",
      "no-hosts",
      "no-poll",
      "bind-interfaces",
      "pid-file=",
      `listen-address=${this.address}`,
      `port=${this.port}`,
      `local=/${DNSMASQ_ZONE}/`,
      `local-ttl=${ttlSeconds}`,
      ...Object.entries(hosts).flatMap(([name, addresses]) =>
        addresses.map((address) => `host-record=${name},${address},${ttlSeconds}`)
      ),
      ...Object.entries(services).flatMap(([name, targets]) =>
        targets.map((target) => `srv-host=${name},${target.replace(":", ",")}`)
      ),
      ...Object.entries(aliases).map(([alias, name]) => `cname=${alias},${name},${ttlSeconds}`),
    ];
    return lines.join("\n") + "\n";
  }
}
