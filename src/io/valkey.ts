import { createHash } from "node:crypto";
import type { Redis } from "iovalkey";
import type { ScriptStore } from "./script_store.ts";
import { checkedValkeyOptions, type ValkeyOptions } from "./valkey_options.ts";

/** A connection to a Valkey or Redis, which comes back by itself whenever it is lost. */
export interface Valkey extends ScriptStore, AsyncDisposable {}

const RETRY_MS_MAX = 500;
/** What a store is given to close a connection by itself. */
const CLOSE_MS = 50;
/** How the client says that it has no connection, in words that are about itself. */
const UNSENT = "Stream isn't writeable";
/** A store that may no longer write is one whose place another has taken: connecting again may find it. */
const DEMOTED = /READONLY|MASTERDOWN/;
/** Who connects again for it each time would lose what is under way each time. */
const RECONNECT_MS_MIN = 1_000;

/**
 * Connects to a Valkey or Redis. It resolves whether or not the store can be reached, after
 * `connectTimeoutMs` at the latest: a store that is away at first is one that is out, and is tried again
 * and again. Needs the permissions `--allow-net` and, as a package that the client uses looks through all
 * variables, `--allow-env`.
 *
 * @throws {TypeError} if an option is wrong.
 *
 * @example
 * ```ts ignore
 * import { connectValkey } from "@muster/muster";
 *
 * await using store = await connectValkey({ url: "redis://127.0.0.1:6379" });
 * ```
 */
export async function connectValkey(options: ValkeyOptions): Promise<Valkey> {
  const { target, address, connectTimeoutMs, silenceMs } = checkedValkeyOptions(options);
  // Loaded for who needs it alone: it may not be permitted to others.
  const { Redis } = await import("iovalkey");
  const client = new Redis({
    ...target,
    connectTimeout: connectTimeoutMs,
    socketTimeout: silenceMs,
    disconnectTimeout: CLOSE_MS,
    // What can't be sent now is told at once, and what was not answered is never sent twice.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (tries: number) => Math.min(50 * tries, RETRY_MS_MAX),
    reconnectOnError: demotionWatch(() => performance.now()),
    lazyConnect: true,
  });
  const trouble = new ConnectionTrouble(client);
  await within(connectTimeoutMs, client.connect().catch(() => {}));
  return {
    address,
    run: scriptRunner(client, trouble),
    async [Symbol.asyncDispose]() {
      const ended = new Promise<void>((resolve) => client.once("end", resolve));
      client.disconnect();
      // A connection that was just being tried ends without saying so.
      if (client.status !== "end") await within(2 * CLOSE_MS, ended);
    },
  };
}

/** Why the store can't be asked, which the client tells when it happens and not who asks then. */
class ConnectionTrouble {
  /** Why there is no connection. */
  lost: Error | null = null;
  /** Whether it is why this very connection will be given up: it may be ready for a moment all the same. */
  #isRefused = false;
  /** Why there is none to the database that was asked for: what is sent would go to another one. */
  misplaced: Error | null = null;

  constructor(client: Redis) {
    client.on("connect", () => {
      this.misplaced = null;
      this.#isRefused = false;
    });
    client.on("ready", () => {
      if (!this.#isRefused) this.lost = null;
    });
    client.on("error", (error: Error & { command?: { name?: string } }) => {
      if (error.command?.name === "select") this.misplaced = error;
      else {
        this.lost = error;
        this.#isRefused = true;
      }
    });
  }
}

/** Whether the connection is to be made anew after an error of the store. */
function demotionWatch(nowMs: () => number): (error: Error) => boolean {
  let lastMs = -Infinity;
  return ({ message }) => {
    if (!DEMOTED.test(message) || nowMs() - lastMs < RECONNECT_MS_MIN) return false;
    lastMs = nowMs();
    return true;
  };
}

/** Resolves when `work` does, or after `ms`. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, late]);
  clearTimeout(timer);
}

function unconnected(): Error {
  return new Error("Cannot ask the store: the connection to it was lost, or is not made yet");
}

/** Runs scripts by their SHA-1, and by their text where the store does not know them yet. */
function scriptRunner(client: Redis, trouble: ConnectionTrouble): ScriptStore["run"] {
  const sha1s = new Map<string, string>();
  return async (text, key, args) => {
    if (trouble.misplaced !== null) throw trouble.misplaced;
    let sha1 = sha1s.get(text);
    if (sha1 === undefined) {
      sha1 = createHash("sha1").update(text).digest("hex");
      sha1s.set(text, sha1);
    }
    try {
      return await client.evalsha(sha1, 1, key, ...args);
    } catch (error) {
      // A store that was restarted has lost the script; it refused without running anything.
      if (error instanceof Error && error.message.startsWith("NOSCRIPT")) {
        return await client.eval(text, 1, key, ...args);
      }
      if (client.status !== "ready" && trouble.lost !== null) throw trouble.lost;
      const isUnsent = error instanceof Error && error.message.startsWith(UNSENT);
      throw isUnsent ? trouble.lost ?? unconnected() : error;
    }
  };
}
