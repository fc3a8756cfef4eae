import { findBinary, requireBinary } from "../servers/needed_binaries.ts";

const PREFIX = "muster-";
const SWITCH = "switch";
/** The first three bytes of all addresses. They exist inside the namespaces only. */
const NET = "10.77.0";
/** The port at which peers and scrapers find every node. */
export const OPS_PORT = 4021;

/** A machine of its own on the network. */
export interface Machine {
  /** The network namespace. */
  readonly namespace: string;
  readonly address: string;
}

/** What a broken link drops: every packet, or only those to the port that all nodes are asked at. */
export type Dropped = "packets" | "requests";

/** Why namespaces can't be made here, as a sentence, or null where they can. */
export function namespacesProblem(): string | null {
  const way = "run 'sudo -E deno test -A tests/namespaces' on Linux";
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return `it must be root on Linux: ${way}`;
  const ip = findBinary("ip");
  if (ip === null || findBinary("nft") === null) return "iproute2 and nftables must be installed";
  const name = `${PREFIX}${Deno.pid}-probe`;
  const made = new Deno.Command(ip, { args: ["netns", "add", name], stderr: "piped" }).outputSync();
  if (!made.success) {
    const said = new TextDecoder().decode(made.stderr).trim();
    return `the right to make network namespaces (CAP_SYS_ADMIN, CAP_NET_ADMIN) is missing: ${said}`;
  }
  new Deno.Command(ip, { args: ["netns", "delete", name] }).outputSync();
  return null;
}

/**
 * Machines of one test, each a network namespace, on a switch that is one too. No packet of theirs
 * leaves them, and the machine of the test has no part in it. Needs root on Linux.
 */
export class NamespaceNetwork implements AsyncDisposable {
  readonly #name: string;
  readonly #namespaces: string[] = [];

  private constructor(name: string) {
    this.#name = name;
  }

  /** Makes the switch. Removes what a test that was killed has left behind. */
  static async create(): Promise<NamespaceNetwork> {
    for (const name of await namespaces()) if (isLeft(name)) await ip("netns", "delete", name);
    const random = Math.floor(Math.random() * 2 ** 32).toString(36);
    const network = new NamespaceNetwork(`${PREFIX}${Deno.pid}-${random}`);
    try {
      const name = await network.#make(SWITCH);
      await ip("-n", name, "link", "add", "bridge", "type", "bridge");
      await ip("-n", name, "link", "set", "bridge", "up");
      await network.#nft("add table bridge broken");
      await network.#nft(
        "add chain bridge broken forward { type filter hook forward priority 0; }",
      );
      return network;
    } catch (error) {
      await network[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Puts one more machine on the switch. `number` is the last byte of its address. */
  async join(number: number): Promise<Machine> {
    const namespace = await this.#make(String(number));
    const hub = this.#of(SWITCH);
    const port = `port${number}`;
    const address = `${NET}.${number}`;
    const pair = ["type", "veth", "peer", "name", "eth0", "netns", namespace];
    await ip("link", "add", port, "netns", hub, ...pair);
    await ip("-n", hub, "link", "set", port, "master", "bridge", "up");
    await ip("-n", namespace, "address", "add", `${address}/24`, "dev", "eth0");
    await ip("-n", namespace, "link", "set", "lo", "up");
    await ip("-n", namespace, "link", "set", "eth0", "up");
    return { namespace, address };
  }

  /** Drops what one machine sends to another, in this direction alone. */
  async cut(from: Machine, to: Machine, dropped: Dropped = "packets"): Promise<void> {
    const which = dropped === "packets" ? "" : `tcp dport ${OPS_PORT}`;
    const way = `ip saddr ${from.address} ip daddr ${to.address}`;
    await this.#nft(`add rule bridge broken forward ${way} ${which} drop`);
  }

  /** Drops what each machine of one side sends to one of the other side, and back. */
  async part(one: readonly Machine[], other: readonly Machine[]): Promise<void> {
    for (const a of one) {
      for (const b of other) {
        await this.cut(a, b);
        await this.cut(b, a);
      }
    }
  }

  /** Lets everything through again. */
  async heal(): Promise<void> {
    await this.#nft("flush chain bridge broken forward");
  }

  /** Pulls a machine's cable. */
  async unplug({ address }: Machine): Promise<void> {
    const port = `port${address.slice(NET.length + 1)}`;
    await ip("-n", this.#of(SWITCH), "link", "set", port, "down");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // With a namespace go its interfaces and its rules.
    for (const name of this.#namespaces.splice(0)) await ip("netns", "delete", name);
  }

  async #make(what: string): Promise<string> {
    const name = this.#of(what);
    await ip("netns", "add", name);
    this.#namespaces.push(name);
    return name;
  }

  #of(what: string): string {
    return `${this.#name}-${what}`;
  }

  async #nft(rule: string): Promise<void> {
    await ip("netns", "exec", this.#of(SWITCH), requireBinary("nft"), rule);
  }
}

async function namespaces(): Promise<string[]> {
  return (await ip("netns", "list")).split("\n").map((line) => line.split(" ")[0]!)
    .filter((name) => name.startsWith(PREFIX));
}

/** Whether the process that made a namespace is no more. */
function isLeft(name: string): boolean {
  const pid = name.slice(PREFIX.length).split("-")[0]!;
  try {
    return !Deno.statSync(`/proc/${pid}`).isDirectory;
  } catch {
    return true;
  }
}

async function ip(...args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(requireBinary("ip"), {
    args: [...args],
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (!success) throw new Error(`Cannot run ip ${args.join(" ")}: ${text(stderr)}`);
  return text(stdout);
}
