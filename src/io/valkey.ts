import { createHash } from "node:crypto";
import type { ScriptStore } from "./script_store.ts";

/** Where a Valkey or Redis is. */
export interface ValkeyOptions {
  /** `redis://[user:password@]host:port[/database]`, or `rediss:` for TLS. */
  readonly url: string;
  /** For a connection to be made, in milliseconds. Default: 1,000. */
  readonly connectTimeoutMs?: number;
  /** A connection that is owed an answer for so long is given up. Default: 5,000. */
  readonly silenceMs?: number;
}

/** A connection to a Valkey or Redis, which comes back by itself whenever it is lost. */
export interface Valkey extends ScriptStore, AsyncDisposable {}

const RETRY_MS_MAX = 500;

/**
 * Connects to a Valkey or Redis. It resolves whether or not the store can be reached: a store that is
 * away at first is one that is out, and is tried again and again. Needs the permissions `--allow-net` and,
 * as a package that the client uses looks through all variables, `--allow-env`.
 *
 * @throws {TypeError} if the URL is wrong.
 *
 * @example
 * ```ts ignore
 * import { connectValkey } from "@muster/muster";
 *
 * await using store = await connectValkey({ url: "redis://127.0.0.1:6379" });
 * ```
 */
export async function connectValkey(options: ValkeyOptions): Promise<Valkey> {
  const { url, connectTimeoutMs = 1_000, silenceMs = 5_000 } = options;
  const address = checkedAddress(url);
  // Loaded for who needs it alone: it may not be permitted to others.
  const { Redis } = await import("iovalkey");
  const client = new Redis(url, {
    connectTimeout: connectTimeoutMs,
    socketTimeout: silenceMs,
    // What can't be sent now is told at once, and what was not answered is never sent twice.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (tries: number) => Math.min(50 * tries, RETRY_MS_MAX),
    lazyConnect: true,
  });
  // Each command says so by itself.
  client.on("error", () => {});
  await client.connect().catch(() => {});
  return {
    address,
    run: scriptRunner(client),
    [Symbol.asyncDispose]: () => {
      client.disconnect();
      return Promise.resolve();
    },
  };
}

interface Client {
  evalsha(sha1: string, keys: number, ...rest: (string | number)[]): Promise<unknown>;
  eval(text: string, keys: number, ...rest: (string | number)[]): Promise<unknown>;
}

/** Runs scripts by their SHA-1, and by their text where the store does not know them yet. */
function scriptRunner(client: Client): ScriptStore["run"] {
  const sha1s = new Map<string, string>();
  return async (text, key, args) => {
    let sha1 = sha1s.get(text);
    if (sha1 === undefined) {
      sha1 = createHash("sha1").update(text).digest("hex");
      sha1s.set(text, sha1);
    }
    try {
      return await client.evalsha(sha1, 1, key, ...args);
    } catch (error) {
      // A store that was restarted has lost the script; it refused without running anything.
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return await client.eval(text, 1, key, ...args);
    }
  };
}

function checkedAddress(url: string): string {
  const parsed = URL.parse(url);
  if (parsed !== null && ["redis:", "rediss:"].includes(parsed.protocol)) {
    return `${parsed.protocol}//${parsed.host}`;
  }
  throw new TypeError(
    "Cannot connect to a Valkey or Redis: url must be redis://[user:password@]host:port[/database]: " +
      `received ${parsed === null ? "no URL" : `one of ${parsed.protocol}`}`,
  );
}
