import type { LabelledCall, Use } from "./compiled_lookup.ts";
import { TEXT_LENGTH_MAX } from "./names.ts";
import { keyOf, type LabelValues } from "./label_values.ts";
import { SeriesIndex } from "./series_index.ts";

/**
 * A series: the number of its first cell, or its handle once there is one. Most series never need a
 * handle, which would take several times their cell's memory.
 */
export type SeriesRef<H> = H | number;

/** What a family with labels needs of the registry. */
export interface SeriesHome<H> {
  /** For errors. */
  readonly name: string;
  /** The labels that callers give. */
  readonly labelNames: readonly string[];
  /** Those of them that tell series apart: all but the ones that rules drop. */
  readonly keptNames: readonly string[];
  /** What its series' cells are in, by the number of the page. */
  readonly pages: readonly Float64Array[];
  /** Makes a new series. */
  make(labelValues: readonly string[]): SeriesRef<H>;
  /** Makes the handle of a series that has none, by its first cell. */
  handleAt(cell: number): H;
  /** A label value as it is kept. */
  shared(labelValue: string): string;
  /** Whether the budget allows one more series. */
  hasRoom(seriesCount: number): boolean;
  /** Where series go that there is no room for. */
  overflow(): H;
  /** Hides the series that they go to, if there is one. */
  hideOverflow(): void;
  /** Hides a series. */
  hide(series: SeriesRef<H>): void;
  /** Shows a hidden series again. */
  show(series: SeriesRef<H>): void;
  /** Shows a hidden series if its values changed meanwhile, which {@linkcode LabelledFamily.returned} hears of. */
  showIfChanged(series: SeriesRef<H>): void;
}

/** A family with labels: finds a series, and has it made at the first use. */
export class LabelledFamily<L extends string, H extends object> {
  readonly #home: SeriesHome<H>;
  readonly #index: SeriesIndex<SeriesRef<H>>;
  readonly #find: LabelledCall<never, never, SeriesRef<H>>;
  #removed: SeriesIndex<SeriesRef<H>> | null = null;

  constructor(home: SeriesHome<H>) {
    this.#home = home;
    this.#index = new SeriesIndex(home.keptNames, home.labelNames);
    this.#find = this.call((series) => series);
  }

  /** How many series there are, removed ones included: their cells are still theirs. */
  get seriesCount(): number {
    return this.#index.size + (this.#removed?.size ?? 0);
  }

  /** How many of them were removed. */
  get removedCount(): number {
    return this.#removed?.size ?? 0;
  }

  /** What the series' cells are in: a cell's number tells which page, and where in it. */
  get pages(): readonly Float64Array[] {
    return this.#home.pages;
  }

  /** A call that does something with the series of the labels that it is given. */
  call<A, B, R>(
    use: Use<SeriesRef<H>, A, B, R>,
  ): (labels: LabelValues<L>, a?: A, b?: B) => R {
    return this.#index.call<A, B, R>(
      use,
      (labels, a, b) => use(this.#create(labels as LabelValues<L>), a, b),
    );
  }

  /** The handle of these label values. */
  labels(labels: LabelValues<L>): H {
    const series = this.#find(labels);
    if (typeof series !== "number") return series;
    const handle = this.#home.handleAt(series);
    this.#index.replace(this.#checked(labels), handle);
    return handle;
  }

  /** Whether all labels are there, and not only some of them. */
  hasAllOf(labels: Readonly<Record<string, unknown>>): labels is LabelValues<L> {
    return this.#home.labelNames.every((name) => labels[name] !== undefined);
  }

  /**
   * Throws where a label would be wrong whatever the others are.
   *
   * @throws {TypeError} if one is unknown, or its value not allowed.
   */
  checkSome(labels: Readonly<Record<string, unknown>>): void {
    for (const name of this.#home.labelNames) {
      if (labels[name] !== undefined) this.#checkedValue(name, labels[name]);
    }
    this.#refuseUnknown(labels);
  }

  /** These label values as text, in declared order and without those that rules drop. */
  valuesOf(labels: LabelValues<L>): readonly string[] {
    return this.#checked(labels);
  }

  /** Hides the series of these label values, and returns whether there was one. */
  remove(labels: LabelValues<L>): boolean {
    return this.removeValues(this.valuesOf(labels));
  }

  /** Like {@linkcode LabelledFamily.remove}, by the values of the kept labels in declared order. */
  removeValues(labelValues: readonly string[]): boolean {
    const removed = this.#removed?.get(labelValues);
    // A handle that somebody kept may have used it since.
    if (removed !== undefined) this.#home.showIfChanged(removed);
    const series = this.#index.get(labelValues);
    if (series === undefined) return false;
    this.#index.delete(labelValues);
    this.#removed ??= new SeriesIndex(this.#home.keptNames);
    this.#removed.add(labelValues, series);
    this.#home.hide(series);
    return true;
  }

  /** Takes back a removed series that is shown again, by its kept label values. */
  returned(labelValues: readonly string[]): void {
    const series = this.#removed?.get(labelValues);
    if (series === undefined) return;
    this.#removed!.delete(labelValues);
    this.#index.add(labelValues, series);
  }

  /** Hides every series. */
  clear(): void {
    for (const labelValues of [...this.#removed?.labelSets() ?? []]) {
      this.#home.showIfChanged(this.#removed!.get(labelValues)!);
    }
    for (const labelValues of [...this.#index.labelSets()]) this.removeValues(labelValues);
    this.#home.hideOverflow();
  }

  #create(labels: LabelValues<L>): SeriesRef<H> {
    const labelValues = this.#checked(labels);
    // Labels that are not as plain as the index's own may still name a series that is there.
    const known = this.#index.get(labelValues);
    if (known !== undefined) return known;
    const removed = this.#removed?.get(labelValues);
    if (removed !== undefined) {
      this.returned(labelValues);
      this.#home.show(removed);
      return removed;
    }
    if (!this.#home.hasRoom(this.seriesCount)) return this.#home.overflow();
    const kept = labelValues.map((value) => this.#home.shared(value));
    const series = this.#home.make(kept);
    this.#index.add(kept, series);
    return series;
  }

  #checked(labels: Readonly<Record<string, unknown>>): readonly string[] {
    const { labelNames, keptNames } = this.#home;
    const values = labelNames.map((name) => this.#checkedValue(name, labels?.[name]));
    this.#refuseUnknown(labels);
    if (labelNames === keptNames) return values;
    return values.filter((_, i) => keptNames.includes(labelNames[i]!));
  }

  #checkedValue(name: string, given: unknown): string {
    // Exposition and wire are UTF-8, where lone surrogates are all one: they must be so here too.
    const value = keyOf(given)?.toWellFormed();
    if (value === undefined) {
      throw new TypeError(
        `Cannot use "${this.#home.name}": label "${name}" must be a string, number or boolean: ` +
          `received ${given === undefined ? "nothing" : typeof given}`,
      );
    }
    if (value.length > TEXT_LENGTH_MAX) {
      throw new TypeError(
        `Cannot use "${this.#home.name}": label "${name}" must have at most ${TEXT_LENGTH_MAX} ` +
          `characters: received ${value.length}; leave out of labels what nobody aggregates by`,
      );
    }
    return value;
  }

  #refuseUnknown(labels: object): void {
    const { name: metric, labelNames } = this.#home;
    const unknown = Object.keys(labels).filter((name) => !labelNames.includes(name));
    if (unknown.length === 0) return;
    throw new TypeError(
      `Cannot use "${metric}": its labels are ${labelNames.join(", ")}: received also ` +
        unknown.map((name) => JSON.stringify(name)).join(", "),
    );
  }
}
