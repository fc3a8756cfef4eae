import { received } from "./received.ts";

/** One observation that stands for others, such as the trace of a slow request. */
export interface Exemplar {
  /** Such as `{ trace_id: "…" }`; names and values have at most 128 characters together. */
  readonly labels: Readonly<Record<string, string>>;
  /** The value that was observed, or added to a counter. */
  readonly value: number;
  /** When, in milliseconds since the epoch; 0 where there is no clock. */
  readonly timestampMs: number;
}

/** An exemplar as it is handed in. */
export interface ExemplarInput {
  /** Such as `{ trace_id: "…" }`; names and values have at most 128 characters together. */
  readonly labels: Readonly<Record<string, string>>;
  /** Default: the value that it comes with. */
  readonly value?: number;
  /** In milliseconds since the epoch. Default: now. */
  readonly timestampMs?: number;
}

/** OpenMetrics 1.0 allows so many characters in names and values of an exemplar's labels. */
export const EXEMPLAR_CHARACTERS_MAX = 128;
/** Exemplars that a shard keeps; beyond, the one goes that was replaced longest ago. */
export const EXEMPLARS_MAX = 10_000;

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** What is wrong with an exemplar's labels, as the rest of a sentence, or null. */
export function exemplarProblem(labels: unknown): string | null {
  if (typeof labels !== "object" || labels === null) {
    return `it must have labels, an object of strings: received ${received(labels)}`;
  }
  let characters = 0;
  for (const [name, value] of Object.entries(labels)) {
    if (!LABEL_NAME.test(name)) {
      return `a label name must match ${LABEL_NAME.source}: received ${received(name)}`;
    }
    if (typeof value !== "string") {
      return `label "${name}" must be a string: received ${received(value)}`;
    }
    characters += [...name].length + [...value].length;
  }
  if (characters <= EXEMPLAR_CHARACTERS_MAX) return null;
  return `names and values must have at most ${EXEMPLAR_CHARACTERS_MAX} characters together: ` +
    `received ${characters}`;
}

/** An exemplar, and its number among all that were kept. */
interface Numbered {
  readonly exemplar: Exemplar;
  readonly number: number;
}

/**
 * The newest exemplar of each counter and each bucket, by the number of its cell. They are this
 * process's alone and bounded; which ones are kept is no promise.
 */
export class Exemplars {
  readonly #ofCells = new Map<number, Numbered>();
  #position = 0;
  #evicted = 0;

  /** How many there are. */
  get size(): number {
    return this.#ofCells.size;
  }

  /** How many were kept so far: the number of the newest. */
  get position(): number {
    return this.#position;
  }

  /** How many had to go for others. */
  get evicted(): number {
    return this.#evicted;
  }

  /** The exemplar of the counter or bucket that is kept in a cell. */
  get(cell: number): Exemplar | undefined {
    return this.#ofCells.get(cell)?.exemplar;
  }

  /** The cells that have one and their exemplars, in the order in which these were kept. */
  *[Symbol.iterator](): Generator<[cell: number, exemplar: Exemplar], void, undefined> {
    for (const [cell, { exemplar }] of this.#ofCells) yield [cell, exemplar];
  }

  /** Of those that were kept after a position the newest, `count` at most, the oldest of them first. */
  newest(after: number, count: number): { readonly cell: number; readonly exemplar: Exemplar }[] {
    const newer: { readonly cell: number; readonly exemplar: Exemplar }[] = [];
    for (const [cell, { exemplar, number }] of this.#ofCells) {
      if (number > after) newer.push({ cell, exemplar });
    }
    return newer.slice(-count);
  }

  /** Keeps an exemplar in place of the cell's earlier one. */
  set(cell: number, exemplar: Exemplar): void {
    // Deleted first, so that the map's order is the order of the last replacement.
    this.#ofCells.delete(cell);
    if (this.#ofCells.size >= EXEMPLARS_MAX) {
      const [oldest] = this.#ofCells.keys();
      this.#ofCells.delete(oldest!);
      this.#evicted++;
    }
    this.#ofCells.set(cell, { exemplar, number: ++this.#position });
  }
}

/**
 * Keeps what was handed in with a value as the exemplar of a cell.
 *
 * @throws {TypeError} if its labels are not allowed.
 * @throws {RangeError} if its value or time is not finite.
 */
export function keepExemplar(
  exemplars: Exemplars,
  metric: string,
  cell: number,
  given: ExemplarInput,
  observed: number,
  wallMs: () => number,
): void {
  if (typeof given !== "object" || given === null) {
    throw new TypeError(
      `Cannot keep an exemplar of "${metric}": it must be an object: received ${received(given)}`,
    );
  }
  const { labels, value, timestampMs } = given;
  const exemplar = { labels, value: value ?? observed, timestampMs: timestampMs ?? wallMs() };
  const problem = exemplarProblem(labels);
  if (problem !== null) throw new TypeError(`Cannot keep an exemplar of "${metric}": ${problem}`);
  if (!Number.isFinite(exemplar.value) || !Number.isFinite(exemplar.timestampMs)) {
    throw new RangeError(
      `Cannot keep an exemplar of "${metric}": value and timestampMs must be finite: received ` +
        `${received(exemplar.value)}, ${received(exemplar.timestampMs)}`,
    );
  }
  exemplars.set(cell, { ...exemplar, labels: { ...labels } });
}
