import type { Clock } from "../io/clock.ts";
import type { Bus } from "../telemetry/bus.ts";
import { guarded } from "./adapter_guard.ts";
import type { QueryEvents, QueryLabels } from "./query_events.ts";
import { type AnyFunction, replaceFunction } from "./replaced_function.ts";

/** What is known of one connection. */
interface Connection {
  readonly restore: () => void;
  releasedAtMs: number | null;
  /** What the checkout took; told with the first query after it. */
  checkout: { readonly queue_ms: number; readonly idle_ms?: number } | null;
}

interface PgClient {
  query: AnyFunction;
}

/** Called once, when a query has ended. */
type Finish = (error: unknown, result: unknown) => void;

/** Measures the queries of a pool's connections. */
export class PgConnections {
  readonly #bus: Bus;
  readonly #events: QueryEvents;
  readonly #clock: Clock;
  readonly #connections = new WeakMap<object, Connection>();
  #isRestored = false;

  constructor(bus: Bus, events: QueryEvents, clock: Clock) {
    this.#bus = bus;
    this.#events = events;
    this.#clock = clock;
  }

  /** The pool gave a connection to somebody who has asked for one since `startMs`. */
  checkedOut(client: unknown, startMs: number): void {
    guarded(this.#bus, "pg", () => {
      const nowMs = this.#clock.nowMs();
      const connection = this.#measured(client as PgClient);
      const idleMs = connection.releasedAtMs === null ? null : nowMs - connection.releasedAtMs;
      connection.checkout = {
        queue_ms: nowMs - startMs,
        ...(idleMs === null ? {} : { idle_ms: idleMs }),
      };
    });
  }

  /** The pool gave none. */
  checkoutFailed(error: unknown, startMs: number): void {
    this.#events.checkoutFailed(this.#clock.nowMs() - startMs, error);
  }

  /** A connection is the pool's again. */
  released(client: unknown): void {
    const connection = this.#connections.get(client as object);
    if (connection !== undefined) connection.releasedAtMs = this.#clock.nowMs();
  }

  /** Measures no more: each connection gets its own function back when it is used next. */
  restore(): void {
    this.#isRestored = true;
  }

  #measured(client: PgClient): Connection {
    const known = this.#connections.get(client);
    if (known !== undefined) return known;
    const restore = replaceFunction(client, "query", (query) => this.#query(client, query));
    const connection: Connection = { restore, releasedAtMs: null, checkout: null };
    this.#connections.set(client, connection);
    return connection;
  }

  #query(client: PgClient, query: AnyFunction): AnyFunction {
    return (config: unknown, values?: unknown, callback?: unknown) => {
      if (this.#isRestored) this.#connections.get(client)?.restore();
      const finish = this.#isRestored ? null : this.#begin(client, config);
      if (finish === null) return query.call(client, config, values, callback);
      if (typeof values === "function") return query.call(client, config, told(values, finish));
      if (typeof callback === "function") {
        return query.call(client, config, values, told(callback, finish));
      }
      const result = query.call(client, config, values, callback);
      // A query object that was given its own callback ends unseen.
      if (typeof result?.then !== "function") return result;
      return result.then((value: unknown) => {
        finish(null, value);
        return value;
      }, (error: unknown) => {
        finish(error, null);
        throw error;
      });
    };
  }

  /** Null for what tells of no end: cursors and streams. */
  #begin(client: PgClient, config: unknown): Finish | null {
    let finish: Finish | null = null;
    guarded(this.#bus, "pg", () => {
      if (typeof (config as { submit?: unknown }).submit === "function") return;
      const text = typeof config === "string" ? config : (config as { text?: unknown }).text;
      const labels = this.#events.labelsOf(typeof text === "string" ? text : "");
      const connection = this.#connections.get(client)!;
      const { checkout } = connection;
      connection.checkout = null;
      finish = this.#finishOf(labels, checkout ?? { queue_ms: 0 }, checkout !== null);
    });
    return finish;
  }

  #finishOf(
    labels: QueryLabels,
    checkout: { readonly queue_ms: number; readonly idle_ms?: number },
    isFirst: boolean,
  ): Finish {
    const startMs = this.#clock.nowMs();
    return (error, result) => {
      guarded(this.#bus, "pg", () => {
        const execution_ms = this.#clock.nowMs() - startMs;
        const measured = {
          ...(isFirst ? checkout : {}),
          execution_ms,
          total_ms: checkout.queue_ms + execution_ms,
        };
        if (error) this.#events.fail(labels, measured, error);
        else this.#events.stop(labels, { ...measured, ...rowsOf(result) });
      });
    };
  }
}

function told(callback: unknown, finish: Finish): AnyFunction {
  return (error: unknown, result: unknown) => {
    finish(error, result);
    (callback as AnyFunction)(error, result);
  };
}

/** Rows that were returned or changed; of several statements in one text, of all of them. */
function rowsOf(result: unknown): { readonly rows?: number } {
  const results = Array.isArray(result) ? result : [result];
  const counts = results.map((one) => (one as { rowCount?: unknown } | null)?.rowCount)
    .filter((count) => typeof count === "number");
  return counts.length === 0 ? {} : { rows: counts.reduce((sum, count) => sum + count, 0) };
}
