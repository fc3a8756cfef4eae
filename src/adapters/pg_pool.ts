import { systemClock } from "../io/clock.ts";
import type { Measurements } from "../telemetry/bus.ts";
import { guarded, type Telemetry } from "./adapter_guard.ts";
import { PgConnections } from "./pg_connections.ts";
import { type DatabaseOptions, QueryEvents } from "./query_events.ts";
import { type AnyFunction, replaceFunction } from "./replaced_function.ts";

/** What is measured of a `Pool` of npm's `pg`, version 8. */
export interface PgPool {
  /** Connections that are open. */
  readonly totalCount: number;
  /** Those that nobody uses. */
  readonly idleCount: number;
  /** Callers that wait for one. */
  readonly waitingCount: number;
  /** Gives a connection, as a promise or to a callback. */
  // deno-lint-ignore no-explicit-any -- overloads
  connect: any;
  /** Listens to an event of the pool. */
  // deno-lint-ignore no-explicit-any -- one overload an event
  on(event: any, listener: (...args: any[]) => void): unknown;
  /** Ends that. */
  // deno-lint-ignore no-explicit-any -- one overload an event
  off(event: any, listener: (...args: any[]) => void): unknown;
}

/** Events of a pool after which its counts may be others. */
const CHANGES: readonly string[] = ["connect", "acquire", "release", "remove"];

/**
 * Measures a pool of npm's `pg` for the plugin `database`: how long queries waited for a connection and
 * how long they took, their rows, and how much of the pool is used. The pool stays the same object, so
 * whatever uses it is measured: its function `connect`, and `query` of its connections, are replaced
 * until the returned function is called. Measuring never fails a query.
 *
 * Not told, as `pg` does not tell it: decoding apart from execution; queries of cursors and streams,
 * which count in the pool's use alone; how much of an execution waited for an earlier query of the same
 * connection.
 *
 * @example
 * ```ts
 * import { measurePool, startMuster } from "@muster/muster";
 * import pg from "pg";
 *
 * await using muster = await startMuster({
 *   settings: { METRICS_PORT: "0", METRICS_LISTEN_HOST: "127.0.0.1" },
 * });
 * const pool = new pg.Pool({ host: "127.0.0.1", max: 4 });
 * measurePool(muster, pool, { repo: "orders" });
 * await pool.end();
 * ```
 */
export function measurePool(
  { bus }: Telemetry,
  pool: PgPool,
  options: DatabaseOptions = {},
): () => void {
  const { clock = systemClock } = options;
  const events = new QueryEvents(bus, options);
  const connections = new PgConnections(bus, events, clock);
  let isTelling = false;
  const tell = () => {
    if (isTelling) return;
    isTelling = true;
    // Only after the event has the pool counted what it tells of; and one word does for many events.
    queueMicrotask(() => {
      isTelling = false;
      guarded(bus, "pg", () => events.pool(sizesOf(pool)));
    });
  };
  const connect = (original: AnyFunction): AnyFunction => (callback?: AnyFunction) => {
    const startMs = clock.nowMs();
    tell();
    if (typeof callback !== "function") {
      return original.call(pool).then((client: unknown) => {
        connections.checkedOut(client, startMs);
        return client;
      }, (error: unknown) => {
        connections.checkoutFailed(error, startMs);
        throw error;
      });
    }
    return original.call(pool, (error: unknown, client: unknown, release: unknown) => {
      if (error) connections.checkoutFailed(error, startMs);
      else connections.checkedOut(client, startMs);
      callback(error, client, release);
    });
  };
  const release = (_error: unknown, client: unknown) => connections.released(client);
  for (const event of CHANGES) pool.on(event, tell);
  pool.on("release", release);
  const restore = replaceFunction(pool, "connect", connect);
  tell();
  return () => {
    restore();
    for (const event of CHANGES) pool.off(event, tell);
    pool.off("release", release);
    connections.restore();
  };
}

function sizesOf(pool: PgPool): Measurements {
  const { totalCount: size, idleCount: idle, waitingCount: waiting } = pool;
  const { max } = (pool as { readonly options?: { readonly max?: unknown } }).options ?? {};
  return {
    size,
    idle,
    used: size - idle,
    waiting,
    ...(typeof max === "number" ? { max } : {}),
  };
}
