import type { LabelledFamily } from "./labelled_family.ts";
import type { CellPlace } from "./metric_kind.ts";
import type { LabelValues } from "./label_values.ts";

/**
 * One set of facts.
 *
 * @internal
 */
export class InfoSeries {
  readonly series: number;
  readonly #page: Float64Array;
  readonly #index: number;

  constructor(place: CellPlace) {
    this.series = place.series;
    this.#page = place.page;
    this.#index = place.index;
  }

  /** Says that the facts hold. */
  set(): void {
    this.#page[this.#index] = 1;
  }
}

/** Facts about this process as the labels of a series whose value is 1. */
export class Info<L extends string> {
  readonly #family: LabelledFamily<L, InfoSeries>;
  #current: InfoSeries | null = null;
  #remove: (() => void) | null = null;

  /** Made by a registry, not by users. */
  constructor(family: LabelledFamily<L, InfoSeries>) {
    this.#family = family;
  }

  /** Says that these facts hold, and no others any more. */
  set(labels: LabelValues<L>): void {
    const series = this.#family.labels(labels);
    if (series !== this.#current) {
      this.#remove?.();
      this.#current = series;
      const copy = { ...labels };
      this.#remove = () => void this.#family.remove(copy);
    }
    series.set();
  }

  /** Says that no facts hold. */
  clear(): void {
    this.#remove?.();
    this.#remove = null;
    this.#current = null;
  }
}
