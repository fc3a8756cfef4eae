import type { FamilyDef } from "../metrics/family.ts";
import type { MetricRules } from "../metrics/metric_options.ts";
import { definitionProblem, scraperNameProblem } from "../metrics/names.ts";
import type { OwnShard } from "../metrics/own_shard.ts";
import { Baseline } from "./baseline.ts";
import type { ForeignFamily, ForeignHistogram, ForeignValue, Problem } from "./foreign_family.ts";
import { detached } from "./detached.ts";
import { totalsOfHistograms } from "./foreign_counters.ts";
import { definitionOf } from "./source_definition.ts";
import { type NoPlace, SourceFamily } from "./source_family.ts";
import type { SourceSettings } from "./source_options.ts";
import { seriesKey } from "./series_key.ts";
import {
  beginAt,
  cellsOf,
  isRival,
  setCounter,
  setGauge,
  setHistogram,
  setSum,
  type SourceSeries,
} from "./source_series.ts";
import type { NameOwner, TakenNames } from "./taken_names.ts";

/** Series that are written before the event loop may have its turn. */
const SERIES_PER_STEP = 500;

/** Where a source's families go. */
export interface SourceShardOptions {
  readonly settings: SourceSettings;
  /** What this part of the shard is called among the owners of names. */
  readonly key: string;
  readonly shard: OwnShard;
  readonly names: TakenNames;
  /** Which metrics are dropped, and which have other names here. Default: none. */
  readonly rules?: Pick<MetricRules, "drop" | "rename">;
  readonly cellsMax: number;
  /** Whether another source's series all differ from this one's in a label of the settings. */
  readonly isApart: (other: string) => boolean;
}

/** The part of this node's shard that one source fills. */
export class SourceShard {
  readonly #options: SourceShardOptions;
  readonly #families = new Map<string, SourceFamily>();
  readonly #baseline = new Baseline();
  /** By the source's name of a histogram: whether it had no bounds when it was first seen. */
  readonly #isBare = new Map<string, boolean>();
  #settings: SourceSettings;
  #poll = 0;
  #wallMs = 0;
  #createdSecond = -1;

  constructor(options: SourceShardOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  /** Goes on with the settings of a source that was added again; name, prefix and labels are the same. */
  adopt(settings: SourceSettings): void {
    this.#settings = settings;
    for (const family of this.#families.values()) family.seriesMax = settings.seriesPerFamilyMax;
  }

  /**
   * Writes what a poll found, in steps. A gauge that is not there any more is hidden; a counter is
   * kept. What can't be taken over is told of, and the rest is taken. By the wall clock, the poll was
   * asked for at `askedAtMs`, and it is `wallMs` now.
   */
  *apply(
    families: readonly ForeignFamily[],
    { askedAtMs, wallMs }: { readonly askedAtMs: number; readonly wallMs: number },
    problems: Problem[],
  ): Generator<void, void, undefined> {
    this.#poll++;
    this.#wallMs = wallMs;
    this.#baseline.begin(families);
    for (const family of families) {
      for (const form of this.#formsOf(family)) yield* this.#applyFamily(form, problems);
    }
    this.#hideUnseen();
    this.#baseline.end(families, askedAtMs);
  }

  /** Hides every gauge, as nobody knows what it would be now. Counters have not gone back, and stay. */
  hideGauges(): void {
    this.#poll++;
    this.#hideUnseen();
  }

  /**
   * A histogram without any bound becomes two counters. Whichever a metric became when it was first
   * seen, it stays: the counters' names are the histogram's.
   */
  #formsOf(foreign: ForeignFamily): readonly ForeignFamily[] {
    if (foreign.type !== "histogram" || foreign.histograms.length === 0) return [foreign];
    const { name, histograms } = foreign;
    let isBare = this.#isBare.get(name);
    if (isBare === undefined) {
      isBare = histograms.every(({ bounds }) => bounds.length === 0);
      this.#isBare.set(detached([name])[0]!, isBare);
    }
    return isBare ? totalsOfHistograms(foreign, histograms) : [foreign];
  }

  *#applyFamily(
    foreign: ForeignFamily,
    problems: Problem[],
  ): Generator<void, void, undefined> {
    const items = foreign.type === "histogram" ? foreign.histograms : foreign.values;
    const family = items.length === 0 ? null : this.#familyOf(foreign, problems);
    if (family === null) return;
    const told = new Set<string>();
    const tell = (why: string) => {
      if (told.has(why)) return;
      told.add(why);
      problems.push(`"${foreign.name}": ${why}`);
    };
    for (let i = 0; i < items.length; i++) {
      const item = items[i]!;
      if (!("cumulative" in item) && !isTakable(item, family.def)) {
        tell(`a value can't be taken over: ${item.value}`);
        continue;
      }
      const place = family.place(item.labelNames, item.labelValues);
      if (!isPlaced(place)) {
        tell(place === "full" ? "there is no room for all of its series" : place.problem);
      } else if (isRival(place, () => rivalKey(foreign, item), this.#poll)) {
        // Two counts in one cell would look like an exporter that restarts all the time.
        tell("two of the source's series have one name and labels here, and the first is kept");
      } else {
        this.#write(family, place, item, this.#isOld(foreign, place, item));
        if (place.hasNegatives) {
          tell("a sum fell by itself, so it has negative values: it is hidden");
        }
      }
      if (i % SERIES_PER_STEP === SERIES_PER_STEP - 1) yield;
    }
  }

  /** Whether a series begins with what was counted before. */
  #isOld(
    foreign: ForeignFamily,
    { seen }: SourceSeries,
    item: ForeignValue | ForeignHistogram,
  ): boolean {
    const isLate = this.#settings.counters === "from_first_poll";
    return isLate && seen === 0 && this.#baseline.isBefore(foreign, item);
  }

  #write(
    { def }: SourceFamily,
    to: SourceSeries,
    item: ForeignValue | ForeignHistogram,
    isOld: boolean,
  ): void {
    const { shard } = this.#options;
    to.seen = this.#poll;
    if ("cumulative" in item) {
      if (isOld) {
        beginAt(
          to,
          cellsOf(item, def.bounds).map((cell) => Number.isFinite(cell) ? cell : 0),
        );
      }
      setHistogram(to, item, def.bounds, shard);
    } else if (def.type === "counter") {
      if (isOld) beginAt(to, [item.value]);
      if (item.count === undefined) setCounter(to, item.value);
      else setSum(to, item.value, item.count, this.#baseline.isNew(item));
    } else setGauge(to, item.value, this.#wallMs);
    if (to.hasNegatives) shard.layout.hide(to.series);
    else shard.layout.show(to.series);
  }

  /** The family, if it can be defined and its names are still free for it. */
  #familyOf(foreign: ForeignFamily, problems: Problem[]): SourceFamily | null {
    const { key, names, shard, cellsMax, isApart, rules = {} } = this.#options;
    const settings = this.#settings;
    const { family: def, isDropped } = definitionOf(foreign, settings, rules);
    if (isDropped) return null;
    const { name } = def;
    const known = this.#families.get(name);
    if (known !== undefined) {
      if (known.def.type !== def.type) {
        problems.push(`"${name}" was a ${known.def.type} and is a ${def.type} now`);
        return null;
      }
      if (known.def.merge !== def.merge) {
        problems.push(
          `"${name}" was merged as ${known.def.merge} when it was first seen, and stays so until ` +
            `this process ends`,
        );
      }
      return known;
    }
    const problem = definitionProblem(def) ?? scraperNameProblem(def.name);
    if (problem !== null) {
      problems.push(`"${name}": ${problem}`);
      return null;
    }
    const owner = names.take(def, key, isApart);
    if (owner !== null) {
      problems.push(`"${name}" is taken: ${takenBy(owner, key)}`);
      return null;
    }
    const added = new SourceFamily({
      shard,
      def,
      labels: settings.labels,
      foreignName: foreign.name,
      cellsMax,
      onAdd: () => this.#noteCreation(),
    }, settings.seriesPerFamilyMax);
    this.#families.set(name, added);
    return added;
  }

  /** Of a foreign series it is known when it was first seen, not when it was made. */
  #noteCreation(): void {
    const second = Math.floor(this.#wallMs / 1000);
    if (second === this.#createdSecond) return;
    this.#createdSecond = second;
    this.#options.shard.layout.addCreated(second * 1000);
  }

  #hideUnseen(): void {
    const { layout } = this.#options.shard;
    for (const { def, series } of this.#families.values()) {
      if (def.merge === "add") continue;
      for (const one of series) if (one.seen !== this.#poll) layout.hide(one.series);
    }
  }
}

function rivalKey({ name }: ForeignFamily, item: ForeignValue | ForeignHistogram): string {
  return JSON.stringify([name]) + seriesKey(item);
}

function takenBy({ source, family }: NameOwner, self: string): string {
  if (source === null) return `this node itself has a metric "${family}": give the source a prefix`;
  if (source === self) return `this source itself has a metric "${family}"`;
  return `source "${
    JSON.parse(source)[0]
  }" has a metric "${family}": give one of the two a prefix, or ` +
    `both a label that tells them apart`;
}

function isTakable({ value, count }: ForeignValue, { type }: FamilyDef): boolean {
  // OpenMetrics has no other values of these, and its readers refuse a whole document for one.
  if (type === "info") return value === 1;
  if (type === "state_set") return value === 0 || value === 1;
  // A negative sum is none that a counter shows, but it says why.
  return Number.isFinite(value) && (type !== "counter" || value >= 0 || count !== undefined);
}

function isPlaced(place: SourceSeries | NoPlace): place is SourceSeries {
  return place !== "full" && !("problem" in place);
}
