import { type Clock, sleep } from "../io/clock.ts";

/**
 * What a node may do, and `deno task start` may too: talk, here with this machine only, and read where
 * the name servers are. It reads no environment, so that settings of the user's shell change nothing.
 */
const PERMISSIONS: readonly string[] = [
  "--no-prompt",
  "--allow-net=127.0.0.0/8,0.0.0.0:0",
  "--allow-read=/etc/resolv.conf",
];
const END_MS = 2_000;

/** One life of a node: a real process. */
export class NodeProcess {
  readonly pid: number;
  /** Resolves when the process has ended, by whatever cause. */
  readonly ended: Promise<void>;
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  #hasEnded = false;

  /** Starts a node with settings by the names of the option table. */
  constructor(settings: Readonly<Record<string, string>>) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", ...PERMISSIONS, import.meta.resolve("./node.ts")],
      stdin: "piped",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    this.pid = this.#child.pid;
    this.ended = this.#child.status.then(() => {
      this.#hasEnded = true;
    });
    this.#stdin = this.#child.stdin.getWriter();
    // The pipe stays open: its end, when this process dies in whatever way, ends the node.
    const line = new TextEncoder().encode(`${JSON.stringify(settings)}\n`);
    this.#stdin.write(line).catch(() => {}); // It ended before it read; `ended` tells.
  }

  /** Kills without warning, or asks for a graceful end. */
  signal(signal: "SIGKILL" | "SIGTERM"): void {
    if (!this.#hasEnded) this.#child.kill(signal);
  }

  /** Ends the node at once, without a goodbye, and waits for it. */
  async end(clock: Clock): Promise<void> {
    this.#stdin.close().catch(() => {}); // It may have ended before.
    const enough = new AbortController();
    void sleep(clock, END_MS, enough.signal).then(() => {
      if (!enough.signal.aborted) this.signal("SIGKILL");
    });
    await this.ended;
    enough.abort();
  }
}
