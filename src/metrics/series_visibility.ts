import type { Layout } from "./layout.ts";

/**
 * Which series of a shard are hidden: those that were removed, and those of families that could not be
 * collected. What it decides becomes rows of the layout when the shard is stamped, so that a series
 * that comes and goes between two stamps leaves none.
 */
export class SeriesVisibility {
  readonly #layout: Layout;
  readonly #fingerprint: (series: number) => number;
  /** The fingerprints that removed series had. */
  readonly #removed = new Map<number, number>();
  readonly #mutedFamilies = new Set<number>();
  readonly #dirty = new Set<number>();
  readonly #dirtyFamilies = new Set<number>();
  #onReturn: (series: number) => void = () => {};

  /** A series' fingerprint is a number that changes when its values do. */
  constructor(layout: Layout, fingerprint: (series: number) => number) {
    this.#layout = layout;
    this.#fingerprint = fingerprint;
  }

  /** Hides a series until it is shown again or its values change. */
  remove(series: number): void {
    this.#removed.set(series, this.#fingerprint(series));
    this.#dirty.add(series);
  }

  /** Sets who is told of each removed series that is shown again, for whatever reason. */
  onReturn(tell: (series: number) => void): void {
    this.#onReturn = tell;
  }

  /** Takes a removal back. */
  show(series: number): void {
    if (!this.#removed.delete(series)) return;
    this.#dirty.add(series);
    this.#onReturn(series);
  }

  /** Shows a removed series if somebody kept its handle and still counts with it. */
  showIfChanged(series: number): void {
    const fingerprint = this.#removed.get(series);
    if (fingerprint !== undefined && this.#fingerprint(series) !== fingerprint) this.show(series);
  }

  /** Shows all removed series whose values changed. */
  showChanged(): void {
    for (const series of this.#removed.keys()) this.showIfChanged(series);
  }

  /** Hides all series of a family, or shows those of them that are not removed. */
  mute(family: number, isMuted: boolean): void {
    if (isMuted) this.#mutedFamilies.add(family);
    else if (!this.#mutedFamilies.delete(family)) return;
    this.#dirtyFamilies.add(family);
  }

  /** Appends the rows that are due. */
  settle(): void {
    this.showChanged();
    if (this.#dirtyFamilies.size > 0) this.#collectSeries();
    for (const series of this.#dirty) {
      const isMuted = this.#mutedFamilies.has(this.#layout.familyOf(series));
      if (isMuted || this.#removed.has(series)) this.#layout.hide(series);
      else this.#layout.show(series);
    }
    this.#dirty.clear();
  }

  #collectSeries(): void {
    for (let series = 0; series < this.#layout.seriesCount; series++) {
      if (this.#dirtyFamilies.has(this.#layout.familyOf(series))) this.#dirty.add(series);
    }
    this.#dirtyFamilies.clear();
  }
}
