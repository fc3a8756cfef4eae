import type { Edit } from "./planted_faults.ts";

/** What of the repository the simulation runs. */
const COPIED: readonly string[] = [
  "deno.json",
  "deno.lock",
  "src",
  "tests/simulation",
  "tests/cluster",
  "tests/fake_clock.ts",
];

/** A copy of the code under test, with something else in some places. */
export class FaultyCopy implements AsyncDisposable {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * Copies the repository and edits the copy.
   *
   * @throws {TypeError} if what an edit replaces is not there exactly once.
   */
  static async make(edits: readonly Edit[]): Promise<FaultyCopy> {
    const copy = new FaultyCopy(await Deno.makeTempDir());
    const root = new URL("../../", import.meta.url).pathname;
    for (const part of COPIED) await copyInto(`${root}${part}`, `${copy.#path}/${part}`);
    for (const edit of edits) await apply(edit, `${copy.#path}/src/${edit.file}`);
    return copy;
  }

  /** Runs the simulation of the copy as `deno task simulate` does. */
  async simulate(...args: readonly string[]): Promise<{ code: number; output: string }> {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", `${this.#path}/tests/simulation/main.ts`, ...args],
      cwd: this.#path,
    });
    const { code, stdout, stderr } = await command.output();
    const decoder = new TextDecoder();
    return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#path, { recursive: true });
  }
}

async function copyInto(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) {
    await copyInto(`${from}/${name}`, `${to}/${name}`);
  }
}

async function apply({ file, from, to }: Edit, path: string): Promise<void> {
  const parts = (await Deno.readTextFile(path)).split(from);
  if (parts.length !== 2) {
    throw new TypeError(
      `Cannot plant a fault in src/${file}: it must hold ${
        JSON.stringify(from)
      } once: received it ` +
        `${parts.length - 1} times. Make the fault fit the code.`,
    );
  }
  await Deno.writeTextFile(path, parts.join(to));
}
