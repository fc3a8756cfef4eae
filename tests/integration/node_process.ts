import type { ClusterEvent } from "../../src/cluster/event_log.ts";
import type { Topology } from "../../src/cluster/topology.ts";
import { ServerProcess } from "../servers/server_process.ts";
import { until } from "../until.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** A node of one test. */
export interface NodeOptions {
  /** For the command line, besides `--env-names`. @default {[]} */
  readonly args?: readonly string[];
  /** What is run. @default {"tests/integration/node_program.ts"} */
  readonly program?: string;
  /** Flags of deno besides those of `deno task start`. @default {[]} */
  readonly flags?: readonly string[];
  /** Whether it may do everything, instead of what `deno task start` allows. @default {false} */
  readonly isTrusted?: boolean;
  /** The environment besides what every process needs. */
  readonly env: Readonly<Record<string, string>>;
}

/** `node_program.ts` as a process of its own, with the permissions of `deno task start`. */
export class NodeProcess implements AsyncDisposable {
  readonly opsUrl: string;
  readonly appUrl: string;
  readonly #process: ServerProcess;

  private constructor(process: ServerProcess) {
    this.#process = process;
    const announced = announcement(process.log)!;
    this.opsUrl = new URL(announced.topology).origin;
    this.appUrl = `http://${new URL(announced.topology).hostname}:${announced.appPort}`;
  }

  /** Starts a node, and waits until it has announced itself. */
  static async start(options: NodeOptions): Promise<NodeProcess> {
    const {
      env,
      args = [],
      flags = [],
      isTrusted = false,
      program = "tests/integration/node_program.ts",
    } = options;
    const process = await ServerProcess.start({
      binary: "deno",
      args: [
        "run",
        ...(isTrusted ? ["-A"] : await startFlags()),
        ...flags,
        `${ROOT}${program}`,
        ...args,
      ],
      env: { ...processEnvironment(), PORT: "0", MUSTER_LOG_FORMAT: "json", ...env },
      ready: (log) => announcement(log) !== undefined,
    });
    return new NodeProcess(process);
  }

  /** What the node printed. */
  get log(): string {
    return this.#process.log;
  }

  /** Counts whole numbers and, one by one, fractions. */
  async inc(requests: number, seconds: readonly number[] = []): Promise<void> {
    await this.post(`/inc?requests=${requests}&seconds=${seconds.join(",")}`);
  }

  /** A request to the node's app. */
  async post(path: string, body?: string): Promise<void> {
    const response = await fetch(`${this.appUrl}${path}`, { method: "POST", body: body ?? null });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
  }

  /** The text of a page of the ops port; throws unless the status is 200. */
  async get(path: string): Promise<string> {
    const response = await fetch(`${this.opsUrl}${path}`);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
    return text;
  }

  async topology(): Promise<Topology> {
    return JSON.parse(await this.get("/cluster/topology"));
  }

  async events(): Promise<readonly ClusterEvent[]> {
    return JSON.parse(await this.get("/cluster/events?format=json")).events;
  }

  /** Waits until this node sees the lives called `name` in exactly these states. */
  async untilSeen(name: string, states: readonly string[], deadlineMs: number): Promise<void> {
    let seen = "";
    await until(async () => {
      const { members, departed } = await this.topology();
      const lives = [...members, ...departed].filter(({ id }) => id === name);
      seen = lives.map(({ status }) => status).sort().join();
      return seen === [...states].sort().join();
    }, {
      what: `${name} to be ${states.join()}`,
      deadlineMs,
      details: () => `it is ${seen}\n${this.log}`,
    });
  }

  /** Ends it without warning. */
  async kill(): Promise<void> {
    this.#process.signal("SIGKILL");
    await this.#process.ended();
  }

  /** Takes the processor away from it, as a frozen virtual machine has it. */
  pause(): void {
    this.#process.signal("SIGSTOP");
  }

  /** Gives the processor back after {@linkcode pause}. */
  resume(): void {
    this.#process.signal("SIGCONT");
  }

  /** Asks it to end, and gives its exit code. */
  async terminate(): Promise<number> {
    this.#process.signal("SIGTERM");
    return (await this.#process.ended(20_000)).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}

/** What deno itself needs of the environment. */
export function processEnvironment(): Record<string, string> {
  const names = [
    "PATH",
    "HOME",
    "DENO_DIR",
    "NPM_CONFIG_REGISTRY",
    "DENO_CERT",
    "DENO_TLS_CA_STORE",
  ];
  const set = names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(set), NO_COLOR: "1" };
}

/** The flags with which `deno task start` runs its program. */
export async function startFlags(): Promise<string[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const flags = /^deno run (.*) src\/main\.ts /.exec(tasks.start)?.[1];
  if (flags === undefined) throw new Error(`Cannot read the start task: ${tasks.start}`);
  return flags.replaceAll("'", "").split(" ");
}

function announcement(
  log: string,
): { readonly topology: string; readonly appPort: number } | undefined {
  const line = log.split("\n").find((line) => line.startsWith("{") && line.includes('"appPort"'));
  return line === undefined ? undefined : JSON.parse(line);
}
