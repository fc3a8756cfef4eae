import {
  type Branch,
  compileCall,
  type LabelledCall,
  type Labels,
  type Use,
} from "./compiled_lookup.ts";
import { keyOf } from "./label_values.ts";

/**
 * Finds a series by its label values: one `Map` a label, in declared order. No key string is built, so
 * a lookup allocates nothing and no label value can forge another series' key. What is kept of a series
 * is the caller's choice.
 */
export class SeriesIndex<T extends object | number> {
  readonly #labelNames: readonly string[];
  readonly #declared: readonly string[];
  readonly #root: Branch<T> = new Map();
  #plain: T | undefined;
  #size = 0;

  /** `declared` are the labels that callers give, of which the index may use only some. */
  constructor(labelNames: readonly string[], declared: readonly string[] = labelNames) {
    this.#labelNames = labelNames;
    this.#declared = declared;
  }

  /**
   * A call that does `use` with what is kept under the labels that it is given, or `other` where there is
   * nothing, or the labels are not those declared.
   */
  call<A, B, R>(
    use: Use<T, A, B, R>,
    other: LabelledCall<A, B, R>,
  ): LabelledCall<A, B, R> {
    const names = this.#labelNames;
    const isPlain = names.length > 0 && this.#declared.length === names.length;
    const compiled = isPlain ? compileCall(this.#root, names, use, other) : null;
    return compiled ?? ((labels, a, b) => {
      const series = this.#findByNames(labels);
      return series === undefined ? other(labels, a, b) : use(series, a, b);
    });
  }

  /** How many series there are. */
  get size(): number {
    return this.#size;
  }

  #findByNames(labels: Labels): T | undefined {
    const declared = this.#declared;
    let missing = declared.length;
    for (const _ in labels) missing--;
    if (missing !== 0) return undefined;
    for (let i = 0; i < declared.length; i++) if (!(declared[i]! in labels)) return undefined;
    const names = this.#labelNames;
    if (names.length === 0) return this.#plain;
    let branch: Branch<T> | T | undefined = this.#root;
    for (let i = 0; i < names.length; i++) {
      const value = labels[names[i]!];
      const key = typeof value === "string" ? value : keyOf(value);
      branch = (branch as Branch<T>).get(key as string);
      if (branch === undefined) return undefined;
    }
    return branch as T;
  }

  /** What is kept under label values in declared order, or undefined. */
  get(labelValues: readonly string[]): T | undefined {
    if (labelValues.length === 0) return this.#plain;
    let branch: Branch<T> | T | undefined = this.#root;
    for (const value of labelValues) {
      branch = (branch as Branch<T>).get(value);
      if (branch === undefined) return undefined;
    }
    return branch as T;
  }

  /** Adds a series under its label values, given in declared order. */
  add(labelValues: readonly string[], kept: T): void {
    this.#size++;
    const last = labelValues.length - 1;
    if (last < 0) {
      this.#plain = kept;
      return;
    }
    let branch = this.#root;
    for (let i = 0; i < last; i++) {
      const value = labelValues[i]!;
      let next = branch.get(value) as Branch<T> | undefined;
      if (next === undefined) branch.set(value, next = new Map());
      branch = next;
    }
    branch.set(labelValues[last]!, kept);
  }

  /** Keeps something else of a series that is there. */
  replace(labelValues: readonly string[], kept: T): void {
    this.#size--;
    this.add(labelValues, kept);
  }

  /** Takes out the series kept under label values, which must be there. */
  delete(labelValues: readonly string[]): void {
    this.#size--;
    if (labelValues.length === 0) this.#plain = undefined;
    else deleteFrom(this.#root, labelValues, 0);
  }

  /** The label values of all series. */
  *labelSets(): Generator<readonly string[], void, undefined> {
    if (this.#plain !== undefined) yield [];
    if (this.#labelNames.length > 0) yield* labelSetsOf(this.#root, this.#labelNames.length);
  }
}

function deleteFrom<T>(branch: Branch<T>, labelValues: readonly string[], at: number): void {
  const value = labelValues[at]!;
  if (at < labelValues.length - 1) {
    const next = branch.get(value) as Branch<T>;
    deleteFrom(next, labelValues, at + 1);
    if (next.size > 0) return;
  }
  branch.delete(value);
}

function* labelSetsOf<T>(
  branch: Branch<T>,
  depth: number,
): Generator<readonly string[], void, undefined> {
  for (const [value, next] of branch) {
    if (depth === 1) yield [value];
    else for (const rest of labelSetsOf(next as Branch<T>, depth - 1)) yield [value, ...rest];
  }
}
