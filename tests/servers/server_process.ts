import { sleep, systemClock } from "../../src/io/clock.ts";
import { until } from "../until.ts";
import { type BinaryName, requireBinary } from "./needed_binaries.ts";

const LOG_CHARS_MAX = 200_000;
const STOP_MS = 5_000;

/** What to start, and how to see that it is ready. */
export interface ServerProcessOptions {
  /** `deno` is the one that runs the test. */
  readonly binary: BinaryName | "deno";
  readonly args: readonly string[];
  /** The network namespace to run it in. @default {that of the test} */
  readonly namespace?: string;
  /** The whole environment of the process. @default {that of the test} */
  readonly env?: Readonly<Record<string, string>>;
  /** Asked again and again until true; gets all that was printed so far. */
  readonly ready: (log: string) => boolean | Promise<boolean>;
  /** Where it runs; another user may have no way into that of the test. @default {that of the test} */
  readonly folder?: string;
  /** Who it runs as. @default {the user of the test} */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** For the start. @default {10000} */
  readonly deadlineMs?: number;
}

/** A real server of one test. Its output is kept for failure messages. */
export class ServerProcess implements AsyncDisposable {
  readonly #options: ServerProcessOptions;
  readonly #child: Deno.ChildProcess;
  readonly #output: Promise<unknown>;
  #log = "";
  #exit: Deno.CommandStatus | null = null;

  private constructor(options: ServerProcessOptions, child: Deno.ChildProcess) {
    this.#options = options;
    this.#child = child;
    this.#output = Promise.all([
      this.#keep(child.stdout),
      this.#keep(child.stderr),
      child.status.then((status) => this.#exit = status),
    ]);
  }

  /** Starts the server and waits until it is ready. Throws with its log if it never is. */
  static async start(options: ServerProcessOptions): Promise<ServerProcess> {
    const { binary, args, env, folder, namespace, user = {} } = options;
    const program = binary === "deno" ? Deno.execPath() : requireBinary(binary);
    const inside = namespace === undefined ? [] : [requireBinary("ip"), "netns", "exec", namespace];
    // `ip` becomes the program, so signals reach that.
    const [path, ...rest] = [...inside, program, ...args];
    const command = new Deno.Command(path!, {
      args: rest,
      ...user,
      ...(folder === undefined ? {} : { cwd: folder }),
      ...(env === undefined ? {} : { env: { ...env }, clearEnv: true }),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
    const server = new ServerProcess(options, command.spawn());
    try {
      await server.until(() => options.ready(server.log), "be ready", options.deadlineMs);
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  /** All that the server printed, the oldest part cut beyond a limit. */
  get log(): string {
    return this.#log;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Waits until `condition`; throws with the log when time is up or the server has ended. */
  async until(
    condition: () => boolean | Promise<boolean>,
    what: string,
    deadlineMs = 10_000,
  ): Promise<void> {
    const { binary } = this.#options;
    const ended = await until(
      async () => this.#exit !== null ? "ended" : await condition() ? "come" : null,
      { what: `${binary} to ${what}`, deadlineMs, details: () => this.#log },
    );
    if (ended === "ended") {
      await this.#output;
      throw new Error(
        `Cannot get ${binary} to ${what}: it ended with code ${this.#exit!.code}\n${this.#log}`,
      );
    }
  }

  /** Waits until the server has ended by itself or by a signal, and gives how. */
  async ended(deadlineMs = 10_000): Promise<Deno.CommandStatus> {
    const status = await until(() => this.#exit, {
      what: `${this.#options.binary} to end`,
      deadlineMs,
      details: () => this.#log,
    });
    await this.#output;
    return status;
  }

  signal(signal: Deno.Signal): void {
    if (this.#exit === null) this.#child.kill(signal);
  }

  /** Ends the server by its process id: politely first, then surely. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.signal("SIGTERM");
    const enough = new AbortController();
    const killer = sleep(systemClock, STOP_MS, enough.signal).then(() => {
      if (!enough.signal.aborted) this.signal("SIGKILL");
    });
    await this.#output;
    enough.abort();
    await killer;
  }

  async #keep(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#log = (this.#log + text).slice(-LOG_CHARS_MAX);
    }
  }
}
