import { Cells, indexOf, PAGE_CELLS, pageOf } from "./cells.ts";
import { areBinsGrowing, hasSum, isGrowing } from "./family.ts";
import { Exemplars } from "./exemplars.ts";
import { Layout } from "./layout.ts";
import { PageStamps } from "./page_stamps.ts";
import { PendingCounts } from "./pending_counts.ts";
import { SeriesVisibility } from "./series_visibility.ts";
import type { PublishedShard, Shard } from "./shard.ts";

/**
 * The shard of this process. Metrics write to live cells; {@linkcode OwnShard.stamp} publishes what
 * changed. Readers, peers and scrapers alike, only ever see published values, so everything that is
 * shown belongs to one seq.
 */
export class OwnShard implements PublishedShard {
  /** What counters have counted, and not written yet. */
  readonly pending: PendingCounts = new PendingCounts();
  readonly layout: Layout = new Layout();
  /** By the numbers of cells; not part of what peers get. */
  readonly exemplars: Exemplars = new Exemplars();
  /** Which series are hidden. */
  readonly visibility: SeriesVisibility = new SeriesVisibility(
    this.layout,
    (series) => this.#fingerprint(series),
  );
  readonly #live = new Cells();
  readonly #published: Float64Array[] = [];
  readonly #stamps: PageStamps[] = [];
  /** By page, whether a snapshot has it. */
  readonly #isHeld: boolean[] = [];
  readonly #beforeStamp: (() => void)[] = [];
  /** What the growing cells held when this shard began anew; none before. */
  #baseline: readonly Float64Array[] = [];
  #seq = 0;
  #revision = 0;
  #withheld = 0;

  /** What the metrics write to. Who gets it here sees also what was {@linkcode OwnShard.pending}. */
  get live(): Cells {
    this.pending.settle();
    return this.#live;
  }

  get seq(): number {
    return this.#seq;
  }

  get revision(): number {
    return this.#revision;
  }

  get pages(): readonly Float64Array[] {
    return this.#published;
  }

  get stamps(): readonly PageStamps[] {
    return this.#stamps;
  }

  get cellCount(): number {
    return this.#live.length;
  }

  /** Cells that hold a value which is not finite, such as a sum that overflowed: never published. */
  get withheldCells(): number {
    return this.#withheld;
  }

  /** Has `work` done at the beginning of every stamp, in the order in which it was asked for. */
  beforeStamp(work: () => void): void {
    this.#beforeStamp.push(work);
  }

  /**
   * Raises the seq, publishes every live cell that differs from its published copy, and returns how
   * many did. A value that is not finite stays behind, since no peer could ever add it up again.
   */
  stamp(): number {
    for (const work of this.#beforeStamp) work();
    this.visibility.settle();
    this.#seq++;
    this.#withheld = 0;
    const pages = this.live.pages;
    let changed = 0;
    for (let p = 0; p < pages.length; p++) {
      if (p === this.#published.length) {
        this.#published.push(new Float64Array(PAGE_CELLS));
        this.#stamps.push(new PageStamps());
        this.#isHeld.push(false);
      }
      const baseline = this.#baseline[p];
      const live = baseline === undefined ? pages[p]! : difference(pages[p]!, baseline);
      changed += this.#stampPage(live, p);
    }
    this.#revision = this.layout.revision;
    return changed;
  }

  /**
   * The shard as it is now, whatever is stamped later. It takes no copy of pages: those that it has are
   * not written any more, and a stamp that changes one works on a new one.
   */
  snapshot(): Shard {
    const { layout, seq, cellCount } = this;
    this.#isHeld.fill(true, 0, this.#published.length);
    return { layout, seq, pages: [...this.#published], stamps: null, cellCount };
  }

  /**
   * Publishes from here on only what growing cells get more than they hold now. The metrics themselves
   * notice nothing. For a process that has to begin a new incarnation, as its values so far are counted
   * elsewhere.
   */
  restart(): void {
    const { layout } = this;
    const baseline = this.live.pages.map(() => new Float64Array(PAGE_CELLS));
    const keep = (cell: number) => {
      baseline[pageOf(cell)]![indexOf(cell)] = this.live.get(cell);
    };
    for (let series = 0; series < layout.seriesCount; series++) {
      const family = layout.families[layout.familyOf(series)]!;
      if (!isGrowing(family)) continue;
      const first = layout.firstCellOf(series);
      for (let i = 0; i < layout.cellCountOf(series); i++) keep(first + i);
      if (!areBinsGrowing(family)) continue;
      for (const bin of layout.binsOf(series)) keep(layout.binAt(bin).cell);
    }
    this.#baseline = baseline;
  }

  /** The seq at which any cell of a series last changed: the next one's before its stamp; 0 for never. */
  lastChangeOf(series: number): number {
    let last = 0;
    const look = (cell: number) => {
      const [page, index] = [pageOf(cell), indexOf(cell)];
      const due = this.live.get(cell) - (this.#baseline[page]?.[index] ?? 0);
      const isDue = due !== (this.#published[page]?.[index] ?? 0) && Number.isFinite(due);
      const changed = isDue ? this.#seq + 1 : this.#stamps[page]?.at(index) ?? 0;
      last = Math.max(last, changed);
    };
    const { layout } = this;
    const first = layout.firstCellOf(series);
    for (let i = 0; i < layout.cellCountOf(series); i++) look(first + i);
    for (const bin of layout.binsOf(series)) look(layout.binAt(bin).cell);
    return last;
  }

  #stampPage(live: Float64Array, page: number): number {
    const first = firstDifference(live, this.#published[page]!);
    if (first === PAGE_CELLS) return 0;
    if (this.#isHeld[page]) {
      this.#published[page] = this.#published[page]!.slice();
      this.#isHeld[page] = false;
    }
    const published = this.#published[page]!;
    const stamps = this.#stamps[page]!.each();
    const seq = this.#seq;
    let changed = 0;
    for (let i = first; i < PAGE_CELLS; i++) {
      const value = live[i]!;
      if (value === published[i]) continue;
      if (!Number.isFinite(value)) {
        this.#withheld++;
        continue;
      }
      published[i] = value;
      stamps[i] = seq;
      changed++;
    }
    return changed;
  }

  #fingerprint(series: number): number {
    const { layout, live } = this;
    const first = layout.firstCellOf(series);
    // Counts tell of every observation; with the sum, -1 would look as if nothing had been observed.
    const sums = hasSum(layout.families[layout.familyOf(series)]!) ? 1 : 0;
    const end = layout.cellCountOf(series) - sums;
    let sum = 0;
    for (let i = 0; i < end; i++) sum += live.get(first + i);
    for (const bin of layout.binsOf(series)) sum += live.get(layout.binAt(bin).cell);
    return sum;
  }
}

function difference(cells: Float64Array, from: Float64Array): Float64Array {
  return cells.map((value, i) => value - from[i]!);
}

function firstDifference(live: Float64Array, published: Float64Array): number {
  let i = 0;
  while (i < PAGE_CELLS && live[i] === published[i]) i++;
  return i;
}
