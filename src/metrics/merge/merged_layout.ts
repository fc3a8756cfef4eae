import type { Bin } from "../bin.ts";
import { indexOf, PAGE_CELLS } from "../cells.ts";
import { cellsPerSeries, type FamilyDef, isGrowing } from "../family.ts";
import { Layout } from "../layout.ts";
import type { Life } from "./contribution.ts";
import { LabelTree } from "./label_tree.ts";
import { Users } from "./users.ts";

/** Series that nobody contributes to any more may always be this many, or half of all if that is more. */
export const DEAD_SERIES_MIN = 1024;

/** The layout of a merged shard, with the way from label values to its series and who uses them. */
export class MergedLayout {
  readonly layout: Layout = new Layout();
  /** The series merged as averages. */
  readonly averages: number[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #trees: LabelTree[] = [];
  readonly #users: Users[] = [];
  readonly #bins = new Map<number, Map<number, number>>();
  readonly #createdMs: number[] = [];
  #held: Uint8Array = new Uint8Array(256);
  #dead = 0;
  #cellCount = 0;

  /** Cells in use, holes included. */
  get cellCount(): number {
    return this.#cellCount;
  }

  /**
   * 1 for each series of what grows that somebody contributes to, and that is not hidden; longer than
   * the series.
   */
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

  /** Whether a number is that of the family's series with the label values of one of another layout. */
  isSeries(number: number, family: number, of: Layout, series: number): boolean {
    const { layout } = this;
    return number < layout.seriesCount && layout.familyOf(number) === family &&
      layout.hasLabelsOf(number, of, series);
  }

  /** The number of the series, which is added when it is new. */
  seriesNumber(family: number, labelValues: readonly string[]): number {
    const tree = this.#trees[family]!;
    const found = tree.find(labelValues);
    if (found !== undefined) return found;
    const series = this.#addSeries(family, labelValues);
    tree.add(labelValues, series);
    return series;
  }

  /** The number of the cell of a series' bin, which is added when it is new. */
  binCell(series: number, bin: Bin): number {
    let cells = this.#bins.get(series);
    if (cells === undefined) this.#bins.set(series, cells = new Map());
    const key = (bin.index * 16 + bin.schema + 4) * 3 + bin.sign;
    let cell = cells.get(key);
    if (cell === undefined) {
      cell = this.#cellCount++;
      cells.set(key, cell);
      this.layout.addBin(series, bin, cell);
    }
    return cell;
  }

  /** Notes when a contribution made a series, in milliseconds since the epoch. */
  noteCreated(series: number, atMs: number | null): void {
    if (atMs === null) return;
    const known = this.#createdMs[series];
    if (known === undefined || atMs < known) this.#createdMs[series] = atMs;
  }

  /** When the first contribution to a series made it, or null. */
  createdMsOf(series: number): number | null {
    return this.#createdMs[series] ?? null;
  }

  /** Notes a change in who uses a series. */
  count(series: number, life: Life, what: "users" | "hides", by: 1 | -1): void {
    const users = this.#users[series]!;
    const before = users.standing;
    users.count(life, what, by);
    const { standing } = users;
    if (standing === before) return;
    if (before === "unused") this.#dead--;
    if (standing === "unused") this.#dead++;
    if (!isGrowing(this.layout.families[this.layout.familyOf(series)]!)) return;
    this.#setHeld(series, standing === "shown" ? 1 : 0);
  }

  #addSeries(family: number, labelValues: readonly string[]): number {
    const def = this.layout.families[family]!;
    const count = cellsPerSeries(def);
    // As in `Cells`: a series stays in one page. Equal layouts thus have equal holes.
    const left = PAGE_CELLS - indexOf(this.#cellCount);
    const first = count <= left ? this.#cellCount : this.#cellCount + left;
    this.#cellCount = first + count;
    const series = this.layout.addSeries(family, labelValues, first);
    this.#users.push(new Users());
    this.#dead++;
    if (def.merge === "avg") this.averages.push(series);
    return series;
  }

  #setHeld(series: number, held: 0 | 1): void {
    if (series >= this.#held.length) {
      const longer = new Uint8Array(Math.max(series + 1, this.#held.length * 2));
      longer.set(this.#held);
      this.#held = longer;
    }
    this.#held[series] = held;
  }
}
