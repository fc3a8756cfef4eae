import { Cells, PAGE_CELLS } from "./cells.ts";
import { Exemplars } from "./exemplars.ts";
import { Layout } from "./layout.ts";
import type { Shard } from "./shard.ts";

/**
 * The shard of this process. Metrics write to live cells; {@linkcode OwnShard.stamp} publishes what
 * changed. Readers, peers and scrapers alike, only ever see published values, so everything that is
 * shown belongs to one seq.
 */
export class OwnShard implements Shard {
  /** What the metrics write to. */
  readonly live: Cells = new Cells();
  readonly layout: Layout = new Layout();
  /** By the numbers of cells; not part of what peers get. */
  readonly exemplars: Exemplars = new Exemplars();
  readonly #published: Float64Array[] = [];
  readonly #stamps: Uint32Array[] = [];
  #seq = 0;
  #withheld = 0;

  get seq(): number {
    return this.#seq;
  }

  get pages(): readonly Float64Array[] {
    return this.#published;
  }

  get stamps(): readonly Uint32Array[] {
    return this.#stamps;
  }

  get cellCount(): number {
    return this.live.length;
  }

  /** Cells that hold a value which is not finite, such as a sum that overflowed: never published. */
  get withheldCells(): number {
    return this.#withheld;
  }

  /**
   * Raises the seq, publishes every live cell that differs from its published copy, and returns how
   * many did. A value that is not finite stays behind, since no peer could ever add it up again.
   */
  stamp(): number {
    this.#seq++;
    this.#withheld = 0;
    const pages = this.live.pages;
    let changed = 0;
    for (let p = 0; p < pages.length; p++) {
      if (p === this.#published.length) {
        this.#published.push(new Float64Array(PAGE_CELLS));
        this.#stamps.push(new Uint32Array(PAGE_CELLS));
      }
      changed += this.#stampPage(pages[p]!, this.#published[p]!, this.#stamps[p]!);
    }
    return changed;
  }

  #stampPage(live: Float64Array, published: Float64Array, stamps: Uint32Array): number {
    const seq = this.#seq;
    let changed = 0;
    for (let i = 0; i < PAGE_CELLS; i++) {
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
}
