import type { ExemplarInput } from "./exemplars.ts";
import type { LabelledFamily } from "./labelled_family.ts";
import type { LabelValues } from "./label_values.ts";
import type { MetricKind } from "./metric_kind.ts";
import { type EndFamilyTimer, startFamilyTimer } from "./family_timer.ts";
import type { EndTimer } from "./timer.ts";

/** A series that takes observations: a histogram, a native histogram or a summary. */
export interface Observer {
  /** Counts a value; see the metric's own `observe`. */
  observe(value: number, exemplar?: ExemplarInput): void;
  /** Starts a timer whose end observes the seconds that passed. */
  startTimer(): EndTimer;
  /** Observes how many seconds `work`, or the promise it returns, took; also if it fails. */
  time<T>(work: () => T): T;
}

/** Counts a value in the series whose first cell has this number. */
type ObserveAt = (cell: number, value: number, exemplar: ExemplarInput | undefined) => void;

function unknownCell(cell: number): never {
  throw new TypeError(`BUG: the series at cell ${cell} has no handle`);
}

/** A family with labels whose series take observations. */
export class ObserverFamily<L extends string, H extends Observer> {
  /** Counts a value in the series of these label values. */
  readonly observe: (labels: LabelValues<L>, value: number, exemplar?: ExemplarInput) => void;
  readonly #family: LabelledFamily<L, H>;
  readonly #nowMs: () => number;

  /** Made by a registry, not by users. `observeAt` counts a value in a series that has no handle. */
  constructor(
    family: LabelledFamily<L, H>,
    { nowMs }: Pick<MetricKind, "nowMs">,
    observeAt: ObserveAt = unknownCell,
  ) {
    this.#family = family;
    this.#nowMs = nowMs;
    this.observe = family.call((series, value?: number, exemplar?: ExemplarInput) => {
      if (typeof series !== "number") return series.observe(value!, exemplar);
      observeAt(series, value!, exemplar);
    });
  }

  /** The series of these label values, made empty when it is new; see `CounterFamily.labels`. */
  labels(labels: LabelValues<L>): H {
    return this.#family.labels(labels);
  }

  /**
   * Starts a timer whose end observes the seconds that passed. Labels that are not known yet are left
   * out here and handed to the end.
   *
   * @throws {TypeError} if a label is unknown, or not a string, number or boolean.
   *
   * @example
   * ```ts
   * import { createRegistry } from "@muster/muster";
   *
   * const seconds = createRegistry().histogram({
   *   name: "request_seconds",
   *   help: "Time of a request.",
   *   labels: ["route", "code"],
   * });
   * const end = seconds.startTimer({ route: "/" });
   * end({ code: 200 });
   * ```
   */
  startTimer<K extends L = never>(labels?: LabelValues<K>): EndFamilyTimer<Exclude<L, K>> {
    return startFamilyTimer<L, K>(this.#family, this.#nowMs, labels, this.observe);
  }

  /** See {@linkcode Observer.time}. */
  time<T>(labels: LabelValues<L>, work: () => T): T {
    return this.#family.labels(labels).time(work);
  }

  /**
   * Hides the series of these label values, and returns whether there was one. It goes on from its
   * counts and sum when it is made again or observes again; a summary's window is emptied.
   */
  remove(labels: LabelValues<L>): boolean {
    return this.#family.remove(labels);
  }

  /** Removes all series of the family. */
  clear(): void {
    this.#family.clear();
  }
}
