type Branch = Map<string, Branch | number>;

/**
 * Finds a series' number by its label values: one `Map` a label, so that no value can forge another
 * series' key.
 */
export class LabelTree {
  readonly #root: Branch = new Map();
  #plain: number | undefined;

  /** The number kept under these values, or undefined. */
  find(labelValues: readonly string[]): number | undefined {
    if (labelValues.length === 0) return this.#plain;
    let branch: Branch | number | undefined = this.#root;
    for (let i = 0; i < labelValues.length && branch !== undefined; i++) {
      branch = (branch as Branch).get(labelValues[i]!);
    }
    return branch as number | undefined;
  }

  /** Keeps a number under values of which there must always be equally many. */
  add(labelValues: readonly string[], series: number): void {
    if (labelValues.length === 0) {
      this.#plain = series;
      return;
    }
    let branch = this.#root;
    for (let i = 0; i < labelValues.length - 1; i++) {
      let next = branch.get(labelValues[i]!) as Branch | undefined;
      if (next === undefined) branch.set(labelValues[i]!, next = new Map());
      branch = next;
    }
    branch.set(labelValues.at(-1)!, series);
  }
}
