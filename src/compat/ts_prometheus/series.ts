import type { Labels, MetricConfig, SeriesFamily } from "./metric.ts";

/**
 * The series of one metric: one alone, or one for each set of label values. What callers hold of a
 * series is made once, so that `labels()` costs a lookup.
 */
export class SeriesSet<H extends object, S> {
  readonly #name: string;
  readonly #labelNames: readonly string[];
  readonly #family: SeriesFamily<H> | null;
  readonly #plain: S | null;
  readonly #wrap: (handle: H) => S;
  readonly #wrapped = new WeakMap<H, S>();

  /** `made` is what Muster's registry made of the configuration. */
  constructor(
    { name, labels = [] }: MetricConfig,
    made: H | SeriesFamily<H>,
    wrap: (handle: H) => S,
  ) {
    this.#name = name;
    this.#labelNames = labels;
    this.#wrap = wrap;
    this.#family = labels.length > 0 ? made as SeriesFamily<H> : null;
    this.#plain = labels.length > 0 ? null : wrap(made as H);
  }

  /** The only series of a metric without labels. */
  get plain(): S {
    if (this.#plain !== null) return this.#plain;
    const names = this.#labelNames.join(", ");
    throw new TypeError(
      `Cannot use "${this.#name}" by itself: it must be used with its labels: call ` +
        `labels({ ${names} }) first`,
    );
  }

  /** The series of these label values, made when it is new. */
  at(labels: Labels): S {
    if (this.#family === null) {
      if (Object.keys(labels).length === 0) return this.plain;
      throw new TypeError(
        `Cannot use "${this.#name}": labels must be declared: received ` +
          `${Object.keys(labels).join(", ")}, and it was made without labels`,
      );
    }
    const handle = this.#family.labels(labels);
    let series = this.#wrapped.get(handle);
    if (series === undefined) this.#wrapped.set(handle, series = this.#wrap(handle));
    return series;
  }

  /** Shows the series of these label values no more. Returns whether there was one. */
  remove(labels: Labels): boolean {
    return this.#family?.remove(labels) ?? false;
  }

  /** Shows no series with labels any more. */
  clear(): void {
    this.#family?.clear();
  }
}
