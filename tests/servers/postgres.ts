import { freePort } from "./free_port.ts";
import { requireBinary } from "./needed_binaries.ts";
import { ServerProcess } from "./server_process.ts";

/** A PostgreSQL of one test, on a port of 127.0.0.1, with its data in a temporary folder. */
export class Postgres implements AsyncDisposable {
  /** What a client connects with. */
  readonly connection: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
  readonly #folder: string;
  readonly #process: ServerProcess;

  private constructor(port: number, folder: string, process: ServerProcess) {
    this.connection = { host: "127.0.0.1", port, user: "muster", database: "postgres" };
    this.#folder = folder;
    this.#process = process;
  }

  /** Makes an empty database and starts its server. */
  static async start(): Promise<Postgres> {
    const folder = await Deno.makeTempDir({ prefix: "muster-postgres-" });
    try {
      // PostgreSQL refuses to run as root.
      const user = Deno.uid() === 0 ? await postgresUser() : undefined;
      if (user !== undefined) await Deno.chown(folder, user.uid, user.gid);
      await initialize(folder, user);
      const port = freePort();
      const process = await ServerProcess.start({
        binary: "postgres",
        args: [
          ...["-D", `${folder}/data`, "-p", `${port}`, "-h", "127.0.0.1"],
          ...["-c", "unix_socket_directories=", "-c", "fsync=off"],
        ],
        folder,
        ...(user === undefined ? {} : { user }),
        ready: (log) => log.includes("database system is ready to accept connections"),
        deadlineMs: 30_000,
      });
      return new Postgres(port, folder, process);
    } catch (error) {
      await Deno.remove(folder, { recursive: true });
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // SIGTERM has it wait for clients to leave, so close them first.
    await this.#process[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** The user that Debian's package makes. */
async function postgresUser(): Promise<{ readonly uid: number; readonly gid: number }> {
  const line = (await Deno.readTextFile("/etc/passwd")).split("\n")
    .find((line) => line.startsWith("postgres:"));
  if (line === undefined) throw new Error("Cannot start PostgreSQL: there is no user postgres.");
  const [, , uid, gid] = line.split(":");
  return { uid: Number(uid), gid: Number(gid) };
}

async function initialize(
  folder: string,
  user: { readonly uid: number; readonly gid: number } | undefined,
): Promise<void> {
  const { success, stderr } = await new Deno.Command(requireBinary("initdb"), {
    args: [
      ...["-D", `${folder}/data`, "-U", "muster", "--auth=trust"],
      ...["--no-sync", "--locale=C", "--encoding=UTF8"],
    ],
    cwd: folder,
    ...user,
  }).output();
  if (!success) throw new Error(`Cannot make a database: ${new TextDecoder().decode(stderr)}`);
}
