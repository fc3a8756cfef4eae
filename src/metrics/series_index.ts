import { type Branch, compileLookup, type Lookup } from "./compiled_lookup.ts";
import { keyOf, type LabelValue } from "./label_values.ts";

/**
 * Finds a series' handle by its label values: one `Map` a label, in declared order. No key string is
 * built, so a lookup allocates nothing and no label value can forge another series' key.
 */
export class SeriesIndex<H extends object> {
  /** The handle of the series, or undefined where there is none, or the labels are not those declared. */
  readonly find: Lookup<H>;
  readonly #labelNames: readonly string[];
  readonly #declared: readonly string[];
  readonly #root: Branch<H> = new Map();
  #plain: H | undefined;
  #size = 0;

  /** `declared` are the labels that callers give, of which the index may use only some. */
  constructor(labelNames: readonly string[], declared: readonly string[] = labelNames) {
    this.#labelNames = labelNames;
    this.#declared = declared;
    const isPlain = labelNames.length > 0 && declared.length === labelNames.length;
    const compiled = isPlain ? compileLookup(this.#root, labelNames) : null;
    this.find = compiled ?? ((labels) => this.#findByNames(labels));
  }

  /** How many handles there are. */
  get size(): number {
    return this.#size;
  }

  #findByNames(labels: Readonly<Record<string, LabelValue>>): H | undefined {
    const declared = this.#declared;
    let missing = declared.length;
    for (const _ in labels) missing--;
    if (missing !== 0) return undefined;
    for (let i = 0; i < declared.length; i++) if (!(declared[i]! in labels)) return undefined;
    const names = this.#labelNames;
    if (names.length === 0) return this.#plain;
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
    if (labelValues.length === 0) return this.#plain;
    let branch: Branch<H> | H | undefined = this.#root;
    for (const value of labelValues) {
      branch = (branch as Branch<H>).get(value);
      if (branch === undefined) return undefined;
    }
    return branch as H;
  }

  /** Keeps a handle under its label values, given in declared order. */
  add(labelValues: readonly string[], handle: H): void {
    this.#size++;
    const last = labelValues.length - 1;
    if (last < 0) {
      this.#plain = handle;
      return;
    }
    let branch = this.#root;
    for (let i = 0; i < last; i++) {
      const value = labelValues[i]!;
      let next = branch.get(value) as Branch<H> | undefined;
      if (next === undefined) branch.set(value, next = new Map());
      branch = next;
    }
    branch.set(labelValues[last]!, handle);
  }

  /** Takes out the handle kept under label values, which must be there. */
  delete(labelValues: readonly string[]): void {
    this.#size--;
    if (labelValues.length === 0) this.#plain = undefined;
    else deleteFrom(this.#root, labelValues, 0);
  }

  /** The label values of all handles. */
  *labelSets(): Generator<readonly string[], void, undefined> {
    if (this.#plain !== undefined) yield [];
    if (this.#labelNames.length > 0) yield* labelSetsOf(this.#root, this.#labelNames.length);
  }
}

function deleteFrom<H>(branch: Branch<H>, labelValues: readonly string[], at: number): void {
  const value = labelValues[at]!;
  if (at < labelValues.length - 1) {
    const next = branch.get(value) as Branch<H>;
    deleteFrom(next, labelValues, at + 1);
    if (next.size > 0) return;
  }
  branch.delete(value);
}

function* labelSetsOf<H>(
  branch: Branch<H>,
  depth: number,
): Generator<readonly string[], void, undefined> {
  for (const [value, next] of branch) {
    if (depth === 1) yield [value];
    else for (const rest of labelSetsOf(next as Branch<H>, depth - 1)) yield [value, ...rest];
  }
}
