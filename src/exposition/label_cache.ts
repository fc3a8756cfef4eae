import type { Layout } from "../metrics/layout.ts";
import { Uint32List } from "../metrics/uint32_list.ts";
import { ByteArena } from "./byte_arena.ts";
import type { LabelEncoding } from "./label_encoding.ts";
import { LabelSets } from "./label_sets.ts";

/** Series that are noted at once, in a millisecond or so. */
const UPDATED_MAX = 16_384;

/**
 * The encoded label sets of one layout, for all formats: what formats write alike is kept once.
 */
export class LabelCache {
  readonly #layout: Layout;
  readonly #arena = new ByteArena();
  /** By family, its series. */
  readonly #series: Uint32List[] = [];
  readonly #sets = new Map<string, LabelSets>();
  readonly #siblings = new Map<string, LabelSets[]>();
  #seriesCount = 0;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /**
   * Notes what the layout has got since the last time, but only so many series at once: false if
   * there are more.
   */
  update(): boolean {
    const layout = this.#layout;
    while (this.#series.length < layout.families.length) this.#series.push(new Uint32List());
    const end = Math.min(layout.seriesCount, this.#seriesCount + UPDATED_MAX);
    for (; this.#seriesCount < end; this.#seriesCount++) {
      this.#series[layout.familyOf(this.#seriesCount)]!.push(this.#seriesCount);
    }
    return end === layout.seriesCount;
  }

  /** The label sets of a family, by its number, in an encoding. */
  labelSets(family: number, encoding: LabelEncoding): LabelSets {
    const key = `${family} ${encoding.key}`;
    let sets = this.#sets.get(key);
    if (sets === undefined) {
      const siblings = this.#siblings.get(encoding.key) ?? [];
      sets = new LabelSets(this.#series[family]!, encoding, this.#arena, siblings);
      siblings.push(sets);
      this.#siblings.set(encoding.key, siblings);
      this.#sets.set(key, sets);
    }
    return sets;
  }
}

/** The caches of the layouts that are rendered; a layout that nobody holds takes its cache with it. */
export class LabelCaches {
  readonly #caches = new WeakMap<Layout, LabelCache>();

  /** The cache of a layout. */
  of(layout: Layout): LabelCache {
    let cache = this.#caches.get(layout);
    if (cache === undefined) {
      cache = new LabelCache(layout);
      this.#caches.set(layout, cache);
    }
    return cache;
  }
}
