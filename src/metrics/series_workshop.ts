import { type Bin, SCHEMA_MAX } from "./bin.ts";
import { CellBudget } from "./cell_budget.ts";
import { indexOf, PAGE_CELLS, pageOf } from "./cells.ts";
import { Collectors } from "./collectors.ts";
import { checkDeclared, declareSeries } from "./declared_series.ts";
import type { BinPlace } from "./exponential_bins.ts";
import { cellsPerSeries, type FamilyDef, hasBins, isGrowing } from "./family.ts";
import { cellsWithZeroBin, type Draft } from "./family_draft.ts";
import { idleTtlProblem, IdleWatch } from "./idle_watch.ts";
import { keepExemplar } from "./exemplars.ts";
import { LabelledFamily, type SeriesRef } from "./labelled_family.ts";
import type { CellPlace, MetricKind } from "./metric_kind.ts";
import type { LabelledOptions, RegistryOptions } from "./metric_options.ts";
import { applyRules } from "./metric_rules.ts";
import { definitionProblem, OVERFLOW_LABEL, scraperNameProblem } from "./names.ts";
import { OwnShard } from "./own_shard.ts";
import { SampleNames, withNewName } from "./sample_names.ts";
import { SharedStrings } from "./shared_strings.ts";
import { NO_CLOCK } from "./timer.ts";

/** A handle of one series. */
export interface SeriesHandle {
  readonly series: number;
  /** Told that the series is removed, so that it comes back with nothing that it must not have. */
  onRemoved?(): void;
}

/** How many series of a family there are, and how many there may be. */
export interface SeriesCount {
  /** The family's name. */
  readonly family: string;
  /** Removed ones included. */
  readonly series: number;
  /**
   * Those that were removed, or were idle for too long. They are hidden, and keep their cells: a counter
   * that comes back goes on from its total.
   */
  readonly removed: number;
  /** Series that it may have; other label sets share one more. */
  readonly seriesMax: number;
  /** Whether label sets went to the overflow series. */
  readonly hasOverflowed: boolean;
}

/** Makes the series of a registry: applies rules, keeps budgets, hides and shows. */
export class SeriesWorkshop {
  readonly shard: OwnShard = new OwnShard();
  readonly #dropped = new OwnShard();
  readonly #options: RegistryOptions;
  readonly #constants: readonly (readonly [string, string])[];
  #names = new SampleNames();
  readonly #strings = new SharedStrings();
  readonly #collectors: Collectors;
  readonly #watches: IdleWatch[] = [];
  /** By family: takes back a removed series that is shown again. */
  readonly #takeBack = new Map<number, (series: number) => void>();
  readonly #counts: (() => SeriesCount)[] = [];
  readonly #seriesPerFamilyMax: number;
  readonly #budget: CellBudget;
  readonly nowMs: () => number;
  readonly #wallMs: () => number;
  #createdSecond = 0;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#constants = Object.entries(options.constantLabels ?? {});
    this.#seriesPerFamilyMax = options.seriesPerFamilyMax ?? 10_000;
    this.#budget = new CellBudget(
      this.shard.live,
      options.cellsMax ?? 2_000_000,
      options.onOverflow ?? (() => {}),
    );
    this.nowMs = options.nowMs ?? NO_CLOCK;
    this.#wallMs = options.wallMs ?? (() => 0);
    const { visibility } = this.shard;
    this.#collectors = new Collectors(visibility, options.onCollectError ?? (() => {}));
    visibility.onReturn((series) => {
      this.#takeBack.get(this.shard.layout.familyOf(series))?.(series);
    });
    this.shard.beforeStamp(() => {
      // Before metrics are collected, as one of them counts what is removed.
      visibility.showChanged();
      this.#collectors.run();
      const nowMs = this.nowMs();
      for (const watch of this.#watches) watch.look(nowMs);
    });
  }

  /** How many series each family with labels has. */
  seriesCounts(): readonly SeriesCount[] {
    return this.#counts.map((count) => count());
  }

  /**
   * Adds a family to the layout, or nothing where it throws. `fixed` is how many series it has from the
   * beginning; null for one whose series are made when they are first used.
   *
   * @throws {TypeError} if the definition is not allowed, or a sample's name is taken.
   * @throws {RangeError} if there is no room for it.
   */
  draft(
    declared: FamilyDef,
    options: Partial<LabelledOptions<string>>,
    fixed: number | null,
  ): Draft {
    const { family: ruled, isDropped } = applyRules(declared, this.#options.rules ?? {});
    const constants = this.#constants.filter(([name]) => !declared.labelNames.includes(name));
    const labelNames = [...ruled.labelNames, ...constants.map(([name]) => name)];
    const family = { ...ruled, labelNames };
    // As declared first: a label that a rule takes away has to be allowed all the same.
    const problem = definitionProblem(declared) ?? definitionProblem(family) ??
      scraperNameProblem(family.name) ??
      (options.labels?.length === 0
        ? "labels must name at least one: leave them out for a metric without labels"
        : idleTtlProblem(options.idleTtlMs));
    if (problem !== null) {
      throw new TypeError(`Cannot register ${withNewName(family.name, declared.name)}: ${problem}`);
    }
    checkDeclared(declared.name, options);
    if (!isDropped) {
      this.#names.check(family, declared.name);
      // One series, and the overflow series.
      this.#budget.need(family.name, (fixed ?? 2) * cellsWithZeroBin(family));
      this.#names.claim(family, declared.name);
    }
    const shard = isDropped ? this.#dropped : this.shard;
    const number = shard.layout.addFamily(family);
    const { idleTtlMs } = options;
    const keptNames = ruled.labelNames;
    const watch = idleTtlMs === undefined || isDropped
      ? null
      : new IdleWatch(shard, number, idleTtlMs);
    if (watch !== null) this.#watches.push(watch);
    return {
      family,
      constants,
      labelNames: declared.labelNames,
      keptNames: keptNames.length === declared.labelNames.length ? declared.labelNames : keptNames,
      shard,
      number,
      watch,
      overflow: null,
    };
  }

  /** What the handles of a family share. */
  kindOf({ family, shard, watch }: Draft): MetricKind {
    return {
      metric: family.name,
      nowMs: this.nowMs,
      wallMs: this.#wallMs,
      keepExemplar: (page, index, exemplar, value) => {
        const cell = shard.live.cellAt(page, index);
        keepExemplar(shard.exemplars, family.name, cell, exemplar, value, this.#wallMs);
      },
      seriesAt: (page, index) => shard.layout.seriesAt(shard.live.cellAt(page, index)),
      pending: shard.pending,
      setSumIsState: (series) => shard.layout.setSumIsState(series),
      setHidden: (series, isHidden) => {
        if (isHidden) shard.visibility.remove(series);
        else shard.visibility.show(series);
      },
      touch: watch === null ? null : (series) => watch.touch(series),
    };
  }

  /** Adds a series that a family has from the beginning. */
  fixed(draft: Draft, labelValues: readonly string[]): CellPlace {
    return placeAt(draft.shard, this.#addSeries(draft, draft.number, labelValues));
  }

  /** Adds a bin of a series; null where there is no room for it. */
  addBin(draft: Draft, series: number, bin: Bin): BinPlace | null {
    if (draft.shard === this.shard && !this.#budget.hasRoom(1)) {
      this.#budget.report(draft.family.name);
      return null;
    }
    return this.#placeBin(draft, series, bin);
  }

  /** Adds the zero bin, which every series that has bins has from the beginning. */
  addZeroBin(draft: Draft, series: number): BinPlace {
    return this.#placeBin(draft, series, { schema: SCHEMA_MAX, sign: 0, index: 0 });
  }

  /**
   * Makes a family whose series are made when they are first used, or declared. Handles are made when
   * they are asked for; at once where they know bins, which are not next to the cells.
   */
  labelled<L extends string, H extends SeriesHandle>(
    draft: Draft,
    options: LabelledOptions<L>,
    make: (place: CellPlace) => H,
  ): LabelledFamily<L, H> {
    const { family, shard, watch, keptNames, labelNames } = draft;
    const cells = cellsWithZeroBin(family);
    const isDropped = shard !== this.shard;
    if (!isDropped) this.#budget.reserve(2 * cells);
    const handleAt = (cell: number) => make(placeAt(shard, cell));
    let overflow: H | undefined;
    const hideOverflow = () => {
      if (overflow !== undefined) this.#hide(draft, overflow);
    };
    const labelled = new LabelledFamily<L, H>({
      name: family.name,
      labelNames,
      keptNames,
      pages: shard.live.pages,
      make: (labelValues) => {
        const cell = this.#addSeries(draft, draft.number, labelValues);
        return hasBins(family) ? handleAt(cell) : cell;
      },
      handleAt,
      shared: (labelValue) => this.#strings.of(labelValue),
      hasRoom: (seriesCount) =>
        !isDropped && seriesCount < this.#seriesPerFamilyMax && this.#budget.hasRoom(cells),
      overflow: () => {
        if (!isDropped) this.#budget.report(family.name);
        if (overflow === undefined) {
          if (!isDropped) this.#budget.reserve(-2 * cells);
          overflow = handleAt(this.#addOverflow(draft));
        }
        return overflow;
      },
      hideOverflow,
      hide: (ref) => this.#hide(draft, ref),
      show: (ref) => {
        const series = numberOf(shard, ref);
        shard.visibility.show(series);
        watch?.touch(series);
      },
      showIfChanged: (ref) => shard.visibility.showIfChanged(numberOf(shard, ref)),
    });
    const keptValuesOf = (series: number) =>
      shard.layout.labelValuesOf(series).slice(0, keptNames.length);
    watch?.onIdle((series) => {
      if (series === overflow?.series) hideOverflow();
      else labelled.removeValues(keptValuesOf(series));
    });
    if (!isDropped) {
      this.#takeBack.set(draft.number, (series) => labelled.returned(keptValuesOf(series)));
      this.#counts.push(() => ({
        family: family.name,
        series: labelled.seriesCount,
        removed: labelled.removedCount,
        seriesMax: this.#seriesPerFamilyMax,
        hasOverflowed: overflow !== undefined,
      }));
    }
    if (options.values !== undefined) declareSeries(labelled, options);
    return labelled;
  }

  /** Takes only what another would, which knows nothing of it. Call it while it is empty. */
  rehearse(other: SeriesWorkshop): void {
    this.#names = new SampleNames(other.#names);
    const { length } = other.shard.live;
    const onLastPage = length % PAGE_CELLS;
    if (onLastPage > 0) this.shard.live.allocate(onLastPage);
    this.#budget.reserve(other.#budget.reserved + length - onLastPage);
  }

  /** Has `collect` called with a metric before each stamp. */
  collect<M>(draft: Draft, metric: M, collect: ((metric: M) => unknown) | undefined): void {
    if (collect === undefined || draft.shard !== this.shard) return;
    const families = () =>
      draft.overflow === null ? [draft.number] : [draft.number, draft.overflow];
    this.#collectors.add(draft.family.name, families, () => collect(metric));
  }

  /** See `Registry.keepNames`. */
  keepNames(family: Pick<FamilyDef, "name" | "type">): string | null {
    return this.#names.keep(family);
  }

  /** Returns the series' first cell. */
  #addSeries(draft: Draft, number: number, labelValues: readonly string[]): number {
    const { family, shard } = draft;
    const { live, layout } = shard;
    const second = Math.floor(this.#wallMs() / 1000);
    if (second !== this.#createdSecond && shard === this.shard) {
      this.#createdSecond = second;
      layout.addCreated(second * 1000);
    }
    const values = draft.constants.length === 0
      ? labelValues
      : [...labelValues, ...draft.constants.map(([, value]) => value)];
    const cell = live.allocate(cellsPerSeries(family));
    layout.addSeries(number, values, cell);
    return cell;
  }

  #addOverflow(draft: Draft): number {
    const { layout } = draft.shard;
    if (draft.overflow === null) {
      const constants = draft.constants.map(([name]) => name);
      const marked = { ...draft.family, labelNames: [OVERFLOW_LABEL, ...constants] };
      draft.overflow = layout.addFamily(marked);
      draft.watch?.include(draft.overflow);
    }
    return this.#addSeries(draft, draft.overflow, ["true"]);
  }

  #placeBin({ shard: { live, layout } }: Draft, series: number, bin: Bin): BinPlace {
    const cell = live.allocate(1);
    layout.addBin(series, bin, cell);
    return { page: live.pages[pageOf(cell)]!, index: indexOf(cell) };
  }

  #hide({ family, shard }: Draft, ref: SeriesRef<SeriesHandle>): void {
    const { layout, live, visibility } = shard;
    const series = numberOf(shard, ref);
    if (!isGrowing(family)) {
      const first = layout.firstCellOf(series);
      for (let i = 0; i < cellsPerSeries(family); i++) live.set(first + i, 0);
    }
    if (typeof ref !== "number") ref.onRemoved?.();
    visibility.remove(series);
  }
}

function placeAt({ layout, live }: OwnShard, cell: number): CellPlace {
  return { series: layout.seriesAt(cell), page: live.pages[pageOf(cell)]!, index: indexOf(cell) };
}

/** The layout's number of a series. */
function numberOf({ layout }: OwnShard, ref: SeriesRef<SeriesHandle>): number {
  return typeof ref === "number" ? layout.seriesAt(ref) : ref.series;
}
