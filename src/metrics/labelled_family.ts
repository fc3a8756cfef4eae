import { TEXT_LENGTH_MAX } from "./names.ts";
import { keyOf, type LabelValues, SeriesIndex } from "./series_index.ts";

/** Makes the handle of a new series, or the overflow series' where the budget is used up. */
export type SeriesMaker<H> = (labelValues: readonly string[]) => H;

/** A family with labels: finds the handle of a series, and has it made at the first use. */
export class LabelledFamily<L extends string, H extends object> {
  readonly #name: string;
  readonly #labelNames: readonly string[];
  readonly #index: SeriesIndex<H>;
  readonly #make: SeriesMaker<H>;
  readonly #hasRoom: () => boolean;
  readonly #overflow: () => H;

  /** `hasRoom` says whether the budget allows one more series; `overflow` is where the rest goes. */
  constructor(
    family: { readonly name: string; readonly labelNames: readonly string[] },
    make: SeriesMaker<H>,
    hasRoom: (seriesCount: number) => boolean,
    overflow: () => H,
  ) {
    this.#name = family.name;
    this.#labelNames = family.labelNames;
    this.#index = new SeriesIndex(family.labelNames);
    this.#make = make;
    this.#hasRoom = () => hasRoom(this.#index.size);
    this.#overflow = overflow;
  }

  /** The handle of these label values. */
  labels(labels: LabelValues<L>): H {
    return this.#index.find(labels) ?? this.#create(labels);
  }

  #create(labels: LabelValues<L>): H {
    const labelValues = this.#checked(labels);
    // Labels that are not as plain as the index's own may still name a series that is there.
    const known = this.#index.get(labelValues);
    if (known !== undefined) return known;
    if (!this.#hasRoom()) return this.#overflow();
    const handle = this.#make(labelValues);
    this.#index.add(labelValues, handle);
    return handle;
  }

  #checked(labels: Readonly<Record<string, unknown>>): readonly string[] {
    const names = this.#labelNames;
    const values = names.map((name) => {
      // Exposition and wire are UTF-8, where lone surrogates are all one: they must be so here too.
      const value = keyOf(labels?.[name])?.toWellFormed();
      if (value === undefined) {
        throw new TypeError(
          `Cannot use "${this.#name}": label "${name}" must be a string, number or boolean: ` +
            `received ${labels?.[name] === undefined ? "nothing" : typeof labels[name]}`,
        );
      }
      if (value.length > TEXT_LENGTH_MAX) {
        throw new TypeError(
          `Cannot use "${this.#name}": label "${name}" must have at most ${TEXT_LENGTH_MAX} ` +
            `characters: received ${value.length}; leave out of labels what nobody aggregates by`,
        );
      }
      return value;
    });
    const unknown = Object.keys(labels).filter((name) => !names.includes(name));
    if (unknown.length > 0) {
      throw new TypeError(
        `Cannot use "${this.#name}": its labels are ${names.join(", ")}: received also ` +
          unknown.map((name) => JSON.stringify(name)).join(", "),
      );
    }
    return values;
  }
}
