import { until } from "../until.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const LOG_CHARS_MAX = 200_000;

/** `deno task demo`, driven by the keys that it also takes from a pipe. */
export class DemoProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: Promise<unknown>;
  #log = "";
  #status: Deno.CommandStatus | null = null;

  /** Starts it with arguments. */
  constructor(...args: readonly string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["task", "demo", ...args],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    this.#output = Promise.all([
      this.#keep(this.#child.stdout),
      this.#keep(this.#child.stderr),
      this.#child.status.then((status) => this.#status = status),
    ]);
  }

  /** What it has printed. */
  get log(): string {
    return this.#log;
  }

  /** The process ids of all nodes that were ever started. */
  get nodePids(): number[] {
    return [...this.#log.matchAll(/process (\d+)/g)].map(([, pid]) => Number(pid))
      .filter((pid, i, all) => all.indexOf(pid) === i);
  }

  /** Types keys, each on a line of its own. */
  async type(...keys: readonly string[]): Promise<void> {
    await this.#stdin.write(new TextEncoder().encode(keys.map((key) => `${key}\n`).join("")));
  }

  /** Waits until something is printed after the first `from` characters, and gives the match. */
  async printed(pattern: RegExp, from = 0, deadlineMs = 20_000): Promise<RegExpExecArray> {
    return await until(() => pattern.exec(this.#log.slice(from)), {
      what: `the demo to print ${pattern}`,
      deadlineMs,
      details: () => this.#log,
    });
  }

  /** Waits for the end, and gives the exit code. */
  async ended(deadlineMs = 15_000): Promise<number> {
    const { code } = await until(() => this.#status, {
      what: "the demo to end",
      deadlineMs,
      details: () => this.#log,
    });
    return code;
  }

  /** Sends a signal to `deno task`. */
  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#status === null) this.signal("SIGTERM");
    await this.#output;
    await this.#stdin.close().catch(() => {}); // It may be closed by the end of the process.
  }

  async #keep(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#log = (this.#log + text).slice(-LOG_CHARS_MAX);
    }
  }
}

/** Whether a process runs; one that has ended and that nobody asked about yet does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

/** The process that started another one. */
export function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))![1]);
}
