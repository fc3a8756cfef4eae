import { binIndex, ZERO_THRESHOLD } from "../metrics/bin.ts";
import { quantileOf, type Sketch } from "../metrics/sketch.ts";

/** Bins within 1.1% of a value, as those of summaries are. */
const SCHEMA = 5;

/** Durations of a while, in the bins that summaries have, so that both tell the same percentiles. */
export class DurationTally {
  readonly #bins = new Map<number, number>();
  #zeros = 0;
  #count = 0;

  /** Takes a duration that is finite and not negative. */
  add(duration: number): void {
    this.#count++;
    if (duration <= ZERO_THRESHOLD) {
      this.#zeros++;
      return;
    }
    const index = binIndex(duration, SCHEMA);
    this.#bins.set(index, (this.#bins.get(index) ?? 0) + 1);
  }

  /** The duration that the share `quantile` of all did not exceed; undefined where there are none. */
  quantile(quantile: number): number | undefined {
    if (this.#count === 0) return undefined;
    const indexes = [...this.#bins.keys()].sort((a, b) => a - b);
    const sketch: Sketch = {
      schema: SCHEMA,
      zeroCount: this.#zeros,
      positive: { indexes, counts: indexes.map((index) => this.#bins.get(index)!) },
      negative: { indexes: [], counts: [] },
      count: this.#count,
    };
    return quantileOf(sketch, quantile);
  }
}
