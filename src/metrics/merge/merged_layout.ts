import { indexOf, PAGE_CELLS } from "../cells.ts";
import { cellsPerSeries, type FamilyDef, isGrowing } from "../family.ts";
import { Layout } from "../layout.ts";
import { LabelTree } from "./label_tree.ts";

/** Series that nobody contributes to any more may always be this many, or half of all if that is more. */
export const DEAD_SERIES_MIN = 1024;

/** The layout of a merged shard, with the way from label values to its series and who uses them. */
export class MergedLayout {
  readonly layout: Layout = new Layout();
  /** The series merged as averages. */
  readonly averages: number[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #trees: LabelTree[] = [];
  readonly #users: number[] = [];
  #held: Uint8Array = new Uint8Array(256);
  #dead = 0;
  #cellCount = 0;

  /** Cells in use, holes included. */
  get cellCount(): number {
    return this.#cellCount;
  }

  /** 1 for each counter or histogram series that somebody contributes to; longer than the series. */
  get held(): Uint8Array {
    return this.#held;
  }

  /** Whether so many series have lost all contributors that a fresh layout is worth its price. */
  get isWasteful(): boolean {
    return this.#dead > Math.max(DEAD_SERIES_MIN, this.layout.seriesCount / 2);
  }

  /** The number of the family, which is added when it is new. */
  familyNumber(key: string, family: FamilyDef): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.layout.addFamily(family);
      this.#numbers.set(key, number);
      this.#trees.push(new LabelTree());
    }
    return number;
  }

  /**
   * The number of the series, which is added when it is new. `guess` is a number that it may well
   * have: layouts tend to have the same order, and a look is cheaper than a search.
   */
  seriesNumber(family: number, labelValues: readonly string[], guess: number): number {
    const { layout } = this;
    if (
      guess < layout.seriesCount && layout.familyOf(guess) === family &&
      areEqual(layout.labelValuesOf(guess), labelValues)
    ) return guess;
    const tree = this.#trees[family]!;
    const found = tree.find(labelValues);
    if (found !== undefined) return found;
    const series = this.#addSeries(family, labelValues);
    tree.add(labelValues, series);
    return series;
  }

  /** Notes one more user of a series. */
  use(series: number): void {
    if (this.#users[series]!++ > 0) return;
    this.#dead--;
    this.#hold(series);
  }

  /** Notes one user less. */
  disuse(series: number): void {
    if (--this.#users[series]! > 0) return;
    this.#dead++;
    this.#held[series] = 0;
  }

  #addSeries(family: number, labelValues: readonly string[]): number {
    const def = this.layout.families[family]!;
    const count = cellsPerSeries(def);
    // As in `Cells`: a series stays in one page. Equal layouts thus have equal holes.
    const left = PAGE_CELLS - indexOf(this.#cellCount);
    const first = count <= left ? this.#cellCount : this.#cellCount + left;
    this.#cellCount = first + count;
    const series = this.layout.addSeries(family, labelValues, first);
    this.#users.push(0);
    this.#dead++;
    if (def.merge === "avg") this.averages.push(series);
    return series;
  }

  #hold(series: number): void {
    if (!isGrowing(this.layout.families[this.layout.familyOf(series)]!)) return;
    if (series >= this.#held.length) {
      const longer = new Uint8Array(Math.max(series + 1, this.#held.length * 2));
      longer.set(this.#held);
      this.#held = longer;
    }
    this.#held[series] = 1;
  }
}

function areEqual(a: readonly string[], b: readonly string[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
