import type { LabelledFamily } from "./labelled_family.ts";
import type { CellPlace, MetricKind } from "./metric_kind.ts";
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
  readonly #kind: MetricKind;
  #isHidden = false;

  constructor(place: CellPlace, kind: MetricKind) {
    this.series = place.series;
    this.#page = place.page;
    this.#index = place.index;
    this.#kind = kind;
  }

  /** Says that the facts hold. */
  set(): void {
    this.#page[this.#index] = 1;
    this.#kind.touch?.(this.series);
    if (!this.#isHidden) return;
    this.#isHidden = false;
    this.#kind.setHidden(this.series, false);
  }

  /** Says that they hold no more. */
  hide(): void {
    this.#page[this.#index] = 0;
    this.#isHidden = true;
    this.#kind.setHidden(this.series, true);
  }
}

/**
 * Facts about this process as the labels of a series whose value is 1.
 *
 * @example
 * ```ts
 * import { createRegistry } from "@muster/muster";
 *
 * const build = createRegistry().info({
 *   name: "shop_build_info",
 *   help: "What runs.",
 *   labels: ["version"],
 * });
 * build.set({ version: "1.2.0" });
 * ```
 */
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
      const values = this.#family.valuesOf(labels);
      this.#remove = () => {
        // Facts that had no room are in the overflow series, which no labels find.
        if (!this.#family.removeValues(values)) series.hide();
      };
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
