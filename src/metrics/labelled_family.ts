import type { Lookup } from "./compiled_lookup.ts";
import { TEXT_LENGTH_MAX } from "./names.ts";
import { keyOf, type LabelValues } from "./label_values.ts";
import { SeriesIndex } from "./series_index.ts";

/** What a family with labels needs of the registry. */
export interface SeriesHome<H> {
  /** For errors. */
  readonly name: string;
  /** The labels that callers give. */
  readonly labelNames: readonly string[];
  /** Those of them that tell series apart: all but the ones that rules drop. */
  readonly keptNames: readonly string[];
  /** Makes the handle of a new series. */
  make(labelValues: readonly string[]): H;
  /** Whether the budget allows one more series. */
  hasRoom(seriesCount: number): boolean;
  /** Where series go that there is no room for. */
  overflow(): H;
  /** Hides the series of a handle. */
  hide(handle: H): void;
  /** Shows the series of a hidden handle again. */
  show(handle: H): void;
}

/** A family with labels: finds the handle of a series, and has it made at the first use. */
export class LabelledFamily<L extends string, H extends object> {
  readonly #home: SeriesHome<H>;
  readonly #index: SeriesIndex<H>;
  readonly #find: Lookup<H>;
  #removed: SeriesIndex<H> | null = null;

  constructor(home: SeriesHome<H>) {
    this.#home = home;
    this.#index = new SeriesIndex(home.keptNames, home.labelNames);
    this.#find = this.#index.find;
  }

  /** How many series there are, removed ones included: their cells are still theirs. */
  get seriesCount(): number {
    return this.#index.size + (this.#removed?.size ?? 0);
  }

  /** The handle of these label values. */
  labels(labels: LabelValues<L>): H {
    return this.#find(labels) ?? this.#create(labels);
  }

  /** Hides the series of these label values, and returns whether there was one. */
  remove(labels: LabelValues<L>): boolean {
    return this.removeValues(this.#checked(labels));
  }

  /** Like {@linkcode LabelledFamily.remove}, by the values of the kept labels in declared order. */
  removeValues(labelValues: readonly string[]): boolean {
    const handle = this.#index.get(labelValues);
    if (handle === undefined) return false;
    this.#index.delete(labelValues);
    this.#removed ??= new SeriesIndex(this.#home.keptNames);
    this.#removed.add(labelValues, handle);
    this.#home.hide(handle);
    return true;
  }

  /** Hides every series. */
  clear(): void {
    for (const labelValues of [...this.#index.labelSets()]) this.removeValues(labelValues);
  }

  #create(labels: LabelValues<L>): H {
    const labelValues = this.#checked(labels);
    // Labels that are not as plain as the index's own may still name a series that is there.
    const known = this.#index.get(labelValues);
    if (known !== undefined) return known;
    const removed = this.#removed?.get(labelValues);
    if (removed !== undefined) {
      this.#removed!.delete(labelValues);
      this.#index.add(labelValues, removed);
      this.#home.show(removed);
      return removed;
    }
    if (!this.#home.hasRoom(this.seriesCount)) return this.#home.overflow();
    const handle = this.#home.make(labelValues);
    this.#index.add(labelValues, handle);
    return handle;
  }

  #checked(labels: Readonly<Record<string, unknown>>): readonly string[] {
    const { name: metric, labelNames, keptNames } = this.#home;
    const values = labelNames.map((name) => {
      // Exposition and wire are UTF-8, where lone surrogates are all one: they must be so here too.
      const value = keyOf(labels?.[name])?.toWellFormed();
      if (value === undefined) {
        throw new TypeError(
          `Cannot use "${metric}": label "${name}" must be a string, number or boolean: ` +
            `received ${labels?.[name] === undefined ? "nothing" : typeof labels[name]}`,
        );
      }
      if (value.length > TEXT_LENGTH_MAX) {
        throw new TypeError(
          `Cannot use "${metric}": label "${name}" must have at most ${TEXT_LENGTH_MAX} ` +
            `characters: received ${value.length}; leave out of labels what nobody aggregates by`,
        );
      }
      return value;
    });
    const unknown = Object.keys(labels).filter((name) => !labelNames.includes(name));
    if (unknown.length > 0) {
      throw new TypeError(
        `Cannot use "${metric}": its labels are ${labelNames.join(", ")}: received also ` +
          unknown.map((name) => JSON.stringify(name)).join(", "),
      );
    }
    if (labelNames === keptNames) return values;
    return values.filter((_, i) => keptNames.includes(labelNames[i]!));
  }
}
