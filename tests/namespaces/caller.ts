import { processEnvironment } from "../integration/node_process.ts";
import { requireBinary } from "../servers/needed_binaries.ts";

/** What {@linkcode Caller} hands to the program in the namespace. */
export interface CallerRequest {
  readonly id: number;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** What comes back; the status is 0 where nobody answered, and the text says why. */
export interface CallerAnswer {
  readonly id: number;
  readonly status: number;
  readonly text: string;
}

/** Makes HTTP requests inside a network namespace, in a process of its own. */
export class Caller implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #waiting = new Map<number, (answer: CallerAnswer) => void>();
  readonly #reading: Promise<void>;
  #ids = 0;

  constructor(namespace: string) {
    const program = new URL("caller_program.ts", import.meta.url).pathname;
    this.#child = new Deno.Command(requireBinary("ip"), {
      args: ["netns", "exec", namespace, Deno.execPath(), "run", "-A", program],
      env: processEnvironment(),
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#reading = this.#read();
  }

  /** One request. Never rejects: who does not answer has status 0. */
  async call(
    url: string,
    { method = "GET", headers = {}, timeoutMs = 5_000 }: Partial<CallerRequest> = {},
  ): Promise<CallerAnswer> {
    const id = ++this.#ids;
    const answered = new Promise<CallerAnswer>((resolve) => this.#waiting.set(id, resolve));
    const request: CallerRequest = { id, method, url, headers, timeoutMs };
    await this.#input.write(new TextEncoder().encode(JSON.stringify(request) + "\n"));
    return await answered;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#reading;
    await this.#child.status;
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) {
        const answer: CallerAnswer = JSON.parse(line);
        this.#waiting.get(answer.id)?.(answer);
        this.#waiting.delete(answer.id);
      }
    }
    for (const [id, resolve] of this.#waiting) {
      resolve({ id, status: 0, text: "The caller ended." });
    }
  }
}
