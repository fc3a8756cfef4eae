import type { Clock } from "../io/clock.ts";
import type { Bus } from "../telemetry/bus.ts";
import { guarded } from "./adapter_guard.ts";
import type { QueryEvents } from "./query_events.ts";
import { type AnyFunction, replaceFunction } from "./replaced_function.ts";

/** A `StatementSync` of `node:sqlite`. */
interface Statement {
  run: AnyFunction;
  get: AnyFunction;
  all: AnyFunction;
  iterate: AnyFunction;
}

interface RowIterator {
  next: AnyFunction;
  return: AnyFunction;
}

/** Rows that a call gave or changed; undefined where that is not known. */
type RowsOf = (result: unknown) => number | undefined;

const ROWS: Readonly<Record<"run" | "get" | "all", RowsOf>> = {
  run: (result) => Number((result as { readonly changes: number | bigint }).changes),
  get: (row) => row === undefined ? 0 : 1,
  all: (rows) => (rows as readonly unknown[]).length,
};

/** Measures the statements of a database, which run in the caller's thread. */
export class SqliteStatements {
  readonly #bus: Bus;
  readonly #events: QueryEvents;
  readonly #clock: Clock;
  #isEnded = false;

  constructor(bus: Bus, events: QueryEvents, clock: Clock) {
    this.#bus = bus;
    this.#events = events;
    this.#clock = clock;
  }

  /** Measures no more. */
  end(): void {
    this.#isEnded = true;
  }

  /** Has a statement measured whenever it runs. */
  measure(statement: Statement, sql: string): void {
    for (const name of ["run", "get", "all"] as const) {
      replaceFunction(
        statement,
        name,
        (original) => (...values: unknown[]) =>
          this.timed(sql, () => original.apply(statement, values), ROWS[name]),
      );
    }
    replaceFunction(
      statement,
      "iterate",
      (original) => (...values: unknown[]) =>
        this.#iterated(sql, () => original.apply(statement, values)),
    );
  }

  /** Does the work of a statement, and tells how long it took. */
  timed<T>(sql: string, work: () => T, rowsOf: RowsOf): T {
    if (this.#isEnded) return work();
    const startMs = this.#clock.nowMs();
    let result: T;
    try {
      result = work();
    } catch (error) {
      this.#tell(sql, this.#clock.nowMs() - startMs, () => undefined, { error });
      throw error;
    }
    this.#tell(sql, this.#clock.nowMs() - startMs, () => rowsOf(result), null);
    return result;
  }

  /** What the rows took that were read; the time between them is the caller's. */
  #iterated(sql: string, start: () => RowIterator): RowIterator {
    if (this.#isEnded) return start();
    let executionMs = 0;
    let rows = 0;
    let isOver = false;
    const finish = (failure: { readonly error: unknown } | null) => {
      if (isOver) return;
      isOver = true;
      this.#tell(sql, executionMs, () => rows, failure);
    };
    const step = <T>(work: () => T): T => {
      const startMs = this.#clock.nowMs();
      try {
        return work();
      } catch (error) {
        finish({ error });
        throw error;
      } finally {
        executionMs += this.#clock.nowMs() - startMs;
      }
    };
    const iterator = step(start);
    replaceFunction(iterator, "next", (next) => () => {
      const result = step(() => next.call(iterator));
      if (result.done) finish(null);
      else rows++;
      return result;
    });
    replaceFunction(iterator, "return", (end) => (value: unknown) => {
      const result = step(() => end.call(iterator, value));
      finish(null);
      return result;
    });
    return iterator;
  }

  #tell(
    sql: string,
    execution_ms: number,
    rowsOf: () => number | undefined,
    failure: { readonly error: unknown } | null,
  ): void {
    guarded(this.#bus, "sqlite", () => {
      const labels = this.#events.labelsOf(sql);
      const measured = { execution_ms, total_ms: execution_ms };
      if (failure !== null) return this.#events.fail(labels, measured, failure.error);
      const rows = rowsOf();
      this.#events.stop(labels, rows === undefined ? measured : { ...measured, rows });
    });
  }
}
