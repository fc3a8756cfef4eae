import { indexOf, pageOf } from "../metrics/cells.ts";
import { cellsPerSeries, type FamilyDef } from "../metrics/family.ts";
import { definitionProblem, TEXT_LENGTH_MAX } from "../metrics/names.ts";
import type { OwnShard } from "../metrics/own_shard.ts";
import { SeriesIndex } from "../metrics/series_index.ts";
import { detached } from "./detached.ts";
import { type LabelMapping, mapLabelNames } from "./source_labels.ts";
import type { SourceSeries } from "./source_series.ts";

/** What a source's family writes to, and its limits. */
export interface SourceFamilyOptions {
  readonly shard: OwnShard;
  /** The definition, but for its label names. */
  readonly def: FamilyDef;
  readonly labels: Readonly<Record<string, string>>;
  /** What the family is called at the source. */
  readonly foreignName: string;
  readonly cellsMax: number;
  /** Called before a series is added to the layout. */
  readonly onAdd: () => void;
}

/** Series with the same label names. */
interface Variant {
  readonly names: readonly string[];
  readonly number: number;
  readonly index: SeriesIndex<SourceSeries>;
  unlabelled: SourceSeries | undefined;
}

/** How the values of one order of label names are put into a variant's order. */
interface Route {
  readonly variant: Variant;
  readonly order: readonly number[];
}

/** Why a series has no place. */
export type NoPlace = "full" | { readonly problem: string };

/** One family of a source: its definitions in the layout, one for each set of label names. */
export class SourceFamily {
  /** Series that it may have. */
  seriesMax: number;
  readonly #options: SourceFamilyOptions;
  readonly #ownValues: readonly string[];
  readonly #variants = new Map<string, Variant>();
  readonly #series: SourceSeries[] = [];
  readonly #routes = new WeakMap<readonly string[], Route | NoPlace>();

  constructor(options: SourceFamilyOptions, seriesMax: number) {
    this.#options = options;
    this.seriesMax = seriesMax;
    this.#ownValues = Object.values(options.labels);
  }

  /** The definition, but for its label names. */
  get def(): FamilyDef {
    return this.#options.def;
  }

  /** Every series that was ever placed. */
  get series(): readonly SourceSeries[] {
    return this.#series;
  }

  /**
   * The series of foreign labels, made when it is new; or why it can't be. An empty label is no label.
   */
  place(names: readonly string[], values: readonly string[]): SourceSeries | NoPlace {
    if (values.includes("")) {
      const filled = names.map((_, i) => i).filter((i) => values[i] !== "");
      return this.#place(filled.map((i) => names[i]!), filled.map((i) => values[i]!));
    }
    return this.#place(names, values);
  }

  #place(names: readonly string[], values: readonly string[]): SourceSeries | NoPlace {
    const route = this.#routeOf(names);
    if (route === "full" || "problem" in route) return route;
    const { variant, order } = route;
    const all = this.#ownValues.length === 0 ? values : [...values, ...this.#ownValues];
    const ordered = order.map((from) => all[from]!);
    const known = ordered.length === 0 ? variant.unlabelled : variant.index.get(ordered);
    return known ?? this.#add(variant, ordered);
  }

  #routeOf(foreign: readonly string[]): Route | NoPlace {
    const known = this.#routes.get(foreign);
    if (known !== undefined) return known;
    const { def, labels, foreignName } = this.#options;
    const mapping = mapLabelNames(foreign, {
      own: labels,
      isPerNode: def.merge === "per_node",
      state: def.type === "state_set" ? { from: foreignName, to: def.name } : null,
    });
    const variant = this.#variants.get(mapping.key) ?? this.#define(mapping);
    const route = "problem" in variant
      ? variant
      : { variant, order: variant.names.map((name) => mapping.names.indexOf(name)) };
    this.#routes.set(foreign, route);
    return route;
  }

  #define({ names, key }: LabelMapping): Variant | { readonly problem: string } {
    const labelNames = detached(names);
    const def: FamilyDef = { ...this.#options.def, labelNames };
    const problem = definitionProblem(def);
    if (problem !== null) return { problem };
    const number = this.#options.shard.layout.addFamily(def);
    const index = new SeriesIndex<SourceSeries>(labelNames);
    const variant: Variant = { names: labelNames, number, index, unlabelled: undefined };
    this.#variants.set(key, variant);
    return variant;
  }

  #add(variant: Variant, labelValues: readonly string[]): SourceSeries | NoPlace {
    const { shard: { live, layout }, def, cellsMax, onAdd } = this.#options;
    const count = cellsPerSeries(def);
    if (this.#series.length >= this.seriesMax || live.length + count > cellsMax) return "full";
    // Peers refuse a shard with longer ones.
    if (labelValues.some((value) => value.length > TEXT_LENGTH_MAX)) {
      return { problem: `a label value has more than ${TEXT_LENGTH_MAX} characters` };
    }
    onAdd();
    const cell = live.allocate(count);
    const values = detached(labelValues);
    const series: SourceSeries = {
      series: layout.addSeries(variant.number, values, cell),
      page: live.pages[pageOf(cell)]!,
      index: indexOf(cell),
      base: new Float64Array(count),
      last: new Float64Array(count),
      seen: 0,
      rivals: null,
      lastCount: 0,
      hasNegatives: false,
    };
    if (values.length === 0) variant.unlabelled = series;
    else variant.index.add(values, series);
    this.#series.push(series);
    return series;
  }
}
