import { indexOf, pageOf } from "./cells.ts";
import { type CellPlace, Counter, CounterFamily } from "./counter.ts";
import {
  cellsPerSeries,
  type FamilyDef,
  GAUGE_MERGES,
  type GaugeMerge,
  sampleNames,
} from "./family.ts";
import { Gauge, GaugeFamily } from "./gauge.ts";
import { DEFAULT_BUCKETS, Histogram, HistogramFamily } from "./histogram.ts";
import { LabelledFamily } from "./labelled_family.ts";
import { definitionProblem, OVERFLOW_LABEL } from "./names.ts";
import { OwnShard } from "./own_shard.ts";

/** What every metric is registered with. */
export interface MetricOptions {
  /** As it is exposed, such as `orders_total` or `request_duration_seconds`. */
  readonly name: string;
  /** One sentence on what is measured, and in which unit. */
  readonly help: string;
  /** A base unit such as `seconds` or `bytes`. Default: none. */
  readonly unit?: string;
}

/** What a metric with labels is registered with. */
export interface LabelledOptions<L extends string> extends MetricOptions {
  /** The names of its labels, at least one; each series has a value for each. */
  readonly labels: readonly L[];
}

/** What a gauge is registered with besides. */
export interface GaugeOptions {
  /** How the gauges of many nodes become one. Default: `per_node`. */
  readonly merge?: GaugeMerge;
}

/** What a histogram is registered with besides. */
export interface HistogramOptions {
  /** Finite upper bounds, ascending. Default: {@linkcode DEFAULT_BUCKETS}. */
  readonly buckets?: readonly number[];
}

/** The limits of a registry and what it is handed from outside. */
export interface RegistryOptions {
  /** Series in one family, label sets beyond it share one overflow series. Default: 10,000. */
  readonly seriesPerFamilyMax?: number;
  /** Cells in the shard; new label sets beyond it share their family's overflow series. Default: 2,000,000. */
  readonly cellsMax?: number;
  /** The wall clock, for gauges merged as `latest`. Default: a clock that stands at 0. */
  readonly wallMs?: () => number;
  /** Called for each use of a label set that had no room. */
  readonly onOverflow?: (family: string) => void;
}

/**
 * The metrics of one process. Nothing is global: two registries know nothing of each other.
 *
 * @example
 * ```ts
 * import { Registry } from "@muster/muster";
 *
 * const registry = new Registry();
 * const orders = registry.counter({ name: "orders_total", help: "Orders.", labels: ["plan"] });
 * orders.inc({ plan: "pro" });
 * ```
 */
export class Registry {
  /**
   * The cells of these metrics; stamped once a round by whoever runs the registry.
   *
   * @internal
   */
  readonly shard: OwnShard = new OwnShard();
  readonly #sampleNames = new Map<string, string>();
  readonly #seriesPerFamilyMax: number;
  readonly #cellsMax: number;
  readonly #wallMs: () => number;
  readonly #onOverflow: (family: string) => void;
  // One function for all histograms: a closure for each would cost more than its handle.
  readonly #setSumIsState = (series: number): void => this.shard.layout.setSumIsState(series);

  /** An empty registry. */
  constructor(options: RegistryOptions = {}) {
    this.#seriesPerFamilyMax = options.seriesPerFamilyMax ?? 10_000;
    this.#cellsMax = options.cellsMax ?? 2_000_000;
    this.#wallMs = options.wallMs ?? (() => 0);
    this.#onOverflow = options.onOverflow ?? (() => {});
  }

  /**
   * Registers a counter, which starts at 0; with `labels`, a family of them.
   *
   * @throws {TypeError} if the name or a label is not allowed, or the name is taken.
   */
  counter<const L extends string>(options: LabelledOptions<L>): CounterFamily<L>;
  /** Registers a counter without labels. */
  counter(options: MetricOptions): Counter;
  counter<L extends string>(
    options: MetricOptions & { readonly labels?: readonly L[] },
  ): Counter | CounterFamily<L> {
    const family = this.#define("counter", options, { merge: "add", bounds: [] });
    const make = (place: CellPlace) => new Counter(place);
    if (options.labels === undefined) return make(this.#plainSeries(family));
    return new CounterFamily(this.#labelled<L, Counter>(family, make));
  }

  /**
   * Registers a gauge, which starts at 0; with `labels`, a family of them. Throws like
   * {@linkcode Registry.counter}.
   */
  gauge<const L extends string>(options: LabelledOptions<L> & GaugeOptions): GaugeFamily<L>;
  /** Registers a gauge without labels. */
  gauge(options: MetricOptions & GaugeOptions): Gauge;
  gauge<L extends string>(
    options: MetricOptions & GaugeOptions & { readonly labels?: readonly L[] },
  ): Gauge | GaugeFamily<L> {
    const merge = options.merge ?? "per_node";
    if (!GAUGE_MERGES.includes(merge)) {
      throw new TypeError(
        `Cannot register "${options.name}": merge must be one of ${GAUGE_MERGES.join(", ")}: ` +
          `received ${JSON.stringify(merge)}`,
      );
    }
    const family = this.#define("gauge", options, { merge, bounds: [] });
    const nowMs = merge === "latest" ? this.#wallMs : null;
    const make = (place: CellPlace) => new Gauge(place, nowMs);
    if (options.labels === undefined) return make(this.#plainSeries(family));
    return new GaugeFamily(this.#labelled<L, Gauge>(family, make));
  }

  /**
   * Registers a histogram, which starts empty; with `labels`, a family of them. The caller's bucket
   * array is copied. Throws like {@linkcode Registry.counter}.
   */
  histogram<const L extends string>(
    options: LabelledOptions<L> & HistogramOptions,
  ): HistogramFamily<L>;
  /** Registers a histogram without labels. */
  histogram(options: MetricOptions & HistogramOptions): Histogram;
  histogram<L extends string>(
    options: MetricOptions & HistogramOptions & { readonly labels?: readonly L[] },
  ): Histogram | HistogramFamily<L> {
    const bounds = [...(options.buckets ?? DEFAULT_BUCKETS)];
    const family = this.#define("histogram", options, { merge: "add", bounds });
    const cells = Float64Array.from(bounds);
    const make = (place: CellPlace) => new Histogram(place, cells, this.#setSumIsState);
    if (options.labels === undefined) return make(this.#plainSeries(family));
    return new HistogramFamily(this.#labelled<L, Histogram>(family, make));
  }

  #define(
    type: FamilyDef["type"],
    options: MetricOptions & { readonly labels?: readonly string[] },
    rest: Pick<FamilyDef, "merge" | "bounds">,
  ): FamilyDef {
    const { name, help, unit = "" } = options;
    const family: FamilyDef = {
      name,
      help,
      type,
      unit,
      labelNames: [...(options.labels ?? [])],
      ...rest,
    };
    const problem = definitionProblem(family);
    if (problem !== null) throw new TypeError(`Cannot register "${name}": ${problem}`);
    if (options.labels?.length === 0) {
      throw new TypeError(
        `Cannot register "${name}": labels must name at least one: leave them out for a metric without labels`,
      );
    }
    for (const sample of sampleNames(family)) {
      const owner = this.#sampleNames.get(sample);
      if (owner !== undefined) {
        throw new TypeError(
          `Cannot register "${name}": its sample name "${sample}" must not be in use: ` +
            `"${owner}" is registered already, so keep and share what that call returned`,
        );
      }
    }
    for (const sample of sampleNames(family)) this.#sampleNames.set(sample, name);
    return family;
  }

  #plainSeries(family: FamilyDef): CellPlace {
    return this.#addSeries(family, this.shard.layout.addFamily(family), []);
  }

  #addSeries(family: FamilyDef, number: number, labelValues: readonly string[]): CellPlace {
    const { live, layout } = this.shard;
    const cell = live.allocate(cellsPerSeries(family));
    const series = layout.addSeries(number, labelValues, cell);
    return { series, page: live.pages[pageOf(cell)]!, index: indexOf(cell), metric: family.name };
  }

  #labelled<L extends string, H extends object>(
    family: FamilyDef,
    make: (place: CellPlace) => H,
  ): LabelledFamily<L, H> {
    const { layout, live } = this.shard;
    const number = layout.addFamily(family);
    let overflow: H | undefined;
    return new LabelledFamily<L, H>(
      family,
      (labelValues) => make(this.#addSeries(family, number, labelValues)),
      (seriesCount) =>
        seriesCount < this.#seriesPerFamilyMax &&
        live.length + cellsPerSeries(family) <= this.#cellsMax,
      () => {
        this.#onOverflow(family.name);
        if (overflow === undefined) {
          const marked = { ...family, labelNames: [OVERFLOW_LABEL] };
          overflow = make(this.#addSeries(marked, layout.addFamily(marked), ["true"]));
        }
        return overflow;
      },
    );
  }
}
