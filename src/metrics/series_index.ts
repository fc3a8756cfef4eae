/** A label value as callers may write it; anything but a string is turned into one. */
export type LabelValue = string | number | boolean;

/** One value for each of a family's labels. */
export type LabelValues<L extends string> = Readonly<Record<L, LabelValue>>;

/** A label value as it is kept, or undefined for what is none. */
export function keyOf(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "boolean":
      return String(value);
    default:
      return undefined;
  }
}

type Branch<H> = Map<string, Branch<H> | H>;

/**
 * Finds a series' handle by its label values: one `Map` a label, in declared order. No key string is
 * built, so a lookup allocates nothing and no label value can forge another series' key.
 */
export class SeriesIndex<H extends object> {
  readonly #labelNames: readonly string[];
  readonly #root: Branch<H> = new Map();
  #size = 0;

  constructor(labelNames: readonly string[]) {
    this.#labelNames = labelNames;
  }

  /** How many handles there are. */
  get size(): number {
    return this.#size;
  }

  /**
   * The handle of the series, or undefined where there is none, or the labels are not those declared.
   * Counting them costs a tenth of the lookup, and nothing else would notice one too many.
   */
  find(labels: Readonly<Record<string, LabelValue>>): H | undefined {
    const names = this.#labelNames;
    let missing = names.length;
    for (const _ in labels) missing--;
    if (missing !== 0) return undefined;
    let branch: Branch<H> | H | undefined = this.#root;
    for (let i = 0; i < names.length; i++) {
      const value = labels[names[i]!];
      const key = typeof value === "string" ? value : keyOf(value);
      branch = (branch as Branch<H>).get(key as string);
      if (branch === undefined) return undefined;
    }
    return branch as H;
  }

  /** The handle kept under label values in declared order, or undefined. */
  get(labelValues: readonly string[]): H | undefined {
    let branch: Branch<H> | H | undefined = this.#root;
    for (const value of labelValues) {
      branch = (branch as Branch<H>).get(value);
      if (branch === undefined) return undefined;
    }
    return branch as H;
  }

  /** Keeps a handle under its label values, given in declared order. */
  add(labelValues: readonly string[], handle: H): void {
    let branch = this.#root;
    const last = labelValues.length - 1;
    for (let i = 0; i < last; i++) {
      const value = labelValues[i]!;
      let next = branch.get(value) as Branch<H> | undefined;
      if (next === undefined) branch.set(value, next = new Map());
      branch = next;
    }
    branch.set(labelValues[last]!, handle);
    this.#size++;
  }
}
