import type { Clock } from "../io/clock.ts";
import type { Bus, Measurements } from "../telemetry/bus.ts";
import { errorName } from "../telemetry/error_name.ts";
import { BoundedNames } from "./bounded_names.ts";
import { SqlShapes } from "./sql_shape.ts";

/** Tables that one repository's queries are told apart by; what is beyond is `_other`. */
export const SOURCES_MAX = 100;

/** How a database is measured. */
export interface DatabaseOptions {
  /** What the database is called in labels. Default: `main`. */
  readonly repo?: string;
  /**
   * The table or part of the application that a statement belongs to. Where it gives nothing, it is
   * the table of a simple statement. At most 100 are told apart. Default: it gives nothing.
   */
  readonly sourceOf?: (text: string) => string | undefined;
  /** Default: the clock of this process. */
  readonly clock?: Clock;
}

/** What is known of a query before it is executed. */
export interface QueryLabels {
  readonly repo: string;
  readonly source: string;
  readonly command: string;
}

/** Makes the events of the plugin `database` for one repository. */
export class QueryEvents {
  readonly repo: string;
  readonly #bus: Bus;
  readonly #sourceOf: (text: string) => string | undefined;
  readonly #shapes = new SqlShapes();
  readonly #sources = new BoundedNames(SOURCES_MAX);

  constructor(bus: Bus, { repo = "main", sourceOf = () => undefined }: DatabaseOptions) {
    this.#bus = bus;
    this.repo = repo;
    this.#sourceOf = sourceOf;
  }

  /** The labels of a statement. Throws what `sourceOf` throws. */
  labelsOf(text: string): QueryLabels {
    const { command, source } = this.#shapes.of(text);
    return { repo: this.repo, source: this.#sources.of(this.#sourceOf(text) ?? source), command };
  }

  /** A query was executed. */
  stop(labels: QueryLabels, measured: Measurements): void {
    this.#bus.emit("database.query.stop", measured, { ...labels });
  }

  /** A query failed. */
  fail(labels: QueryLabels, measured: Measurements, error: unknown): void {
    this.#bus.emit("database.query.exception", measured, { ...labels, error: errorName(error) });
  }

  /** Nobody could be given a connection. */
  checkoutFailed(queueMs: number, error: unknown): void {
    const metadata = { repo: this.repo, error: errorName(error) };
    this.#bus.emit("database.checkout.exception", { queue_ms: queueMs }, metadata);
  }

  /** How many connections there are, and what they do. */
  pool(sizes: Measurements): void {
    this.#bus.emit("database.pool", sizes, { repo: this.repo });
  }
}
