import { systemClock } from "../io/clock.ts";
import { guarded, type Telemetry } from "./adapter_guard.ts";
import { type DatabaseOptions, QueryEvents } from "./query_events.ts";
import { replaceFunction } from "./replaced_function.ts";
import { SqliteStatements } from "./sqlite_statements.ts";

/** What is measured of a `DatabaseSync` of `node:sqlite`. */
export interface SqliteDatabase {
  /** Makes a statement. */
  // deno-lint-ignore no-explicit-any -- its options differ between versions
  prepare: any;
  /** Executes statements without results. */
  // deno-lint-ignore no-explicit-any -- like `prepare`
  exec: any;
}

/**
 * Measures a database of `node:sqlite` for the plugin `database`: how long its statements took, and
 * their rows. The database stays the same object: its functions `exec` and `prepare`, and those of the
 * statements that it prepares, are replaced until the returned function is called; statements that were
 * prepared before are not measured. Measuring never fails a statement.
 *
 * Not told, as there is none of it: queue, idle time and pool, as statements run in the caller's thread;
 * and decoding, which is part of the execution.
 *
 * @example
 * ```ts
 * import { measureSqlite, startMuster } from "@muster/muster";
 * import { DatabaseSync } from "node:sqlite";
 *
 * await using muster = await startMuster({
 *   settings: { METRICS_PORT: "0", METRICS_LISTEN_HOST: "127.0.0.1" },
 * });
 * const database = new DatabaseSync(":memory:");
 * measureSqlite(muster, database, { repo: "cache" });
 * database.exec("CREATE TABLE entries (key TEXT)");
 * database.prepare("INSERT INTO entries VALUES (?)").run("a");
 * database.close();
 * ```
 */
export function measureSqlite(
  { bus }: Telemetry,
  database: SqliteDatabase,
  options: DatabaseOptions = {},
): () => void {
  const { clock = systemClock } = options;
  const events = new QueryEvents(bus, options);
  const statements = new SqliteStatements(bus, events, clock);
  const restores = [
    replaceFunction(
      database,
      "exec",
      (exec) => (sql: unknown, ...rest: unknown[]) =>
        statements.timed(String(sql), () => exec.call(database, sql, ...rest), () => undefined),
    ),
    replaceFunction(database, "prepare", (prepare) => (sql: unknown, ...rest: unknown[]) => {
      const statement = prepare.call(database, sql, ...rest);
      guarded(bus, "sqlite", () => statements.measure(statement, String(sql)));
      return statement;
    }),
  ];
  return () => {
    statements.end();
    for (const restore of restores) restore();
  };
}
