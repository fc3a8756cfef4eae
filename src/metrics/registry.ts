import { relativeErrorOf, SCHEMA_MAX, SCHEMA_MIN } from "./bin.ts";
import { Counter, CounterFamily } from "./counter.ts";
import type { BinsKind } from "./exponential_bins.ts";
import { type FamilyDef, GAUGE_MERGES } from "./family.ts";
import type { Draft } from "./family_draft.ts";
import { Gauge, GaugeFamily } from "./gauge.ts";
import { DEFAULT_BUCKETS, Histogram, HistogramFamily } from "./histogram.ts";
import { Info, InfoSeries } from "./info.ts";
import type { LabelledFamily } from "./labelled_family.ts";
import type { CellPlace } from "./metric_kind.ts";
import type {
  CollectOptions,
  GaugeOptions,
  HistogramOptions,
  InfoOptions,
  LabelledOptions,
  MetricOptions,
  NativeHistogramOptions,
  PlainOptions,
  RegistryOptions,
  StateSetOptions,
  SummaryOptions,
} from "./metric_options.ts";
import { TEXT_LENGTH_MAX } from "./names.ts";
import { NativeHistogram, NativeHistogramFamily } from "./native_histogram.ts";
import type { OwnShard } from "./own_shard.ts";
import { received } from "./received.ts";
import { checkRegistryOptions } from "./registry_check.ts";
import { type SeriesCount, type SeriesHandle, SeriesWorkshop } from "./series_workshop.ts";
import { NATIVE_BINS_MAX } from "./sketch.ts";
import { StateSet } from "./state_set.ts";
import { Summary, SummaryFamily, type SummaryKind } from "./summary.ts";

const NATIVE_SCHEMA = 3;
const SUMMARY_QUANTILES: readonly number[] = [0.5, 0.9, 0.95, 0.99];
const SUMMARY_RELATIVE_ERROR = 0.011;
/** Bins of a summary at the schema of the default error, or a lower one: there, twelve decades. */
const SUMMARY_BINS_MAX = 1_280;
const SUMMARY_SCHEMA = 5;
const SUMMARY_MAX_AGE_MS = 600_000;
const SUMMARY_AGE_BUCKETS = 5;
const AGE_BUCKETS_MAX = 100;

/** What any metric may be registered with, with or without labels. */
type AnyOptions<L extends string> = MetricOptions & Partial<LabelledOptions<L>>;

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
  readonly shard: OwnShard;
  readonly #workshop: SeriesWorkshop;
  readonly #options: RegistryOptions;

  /**
   * An empty registry.
   *
   * @throws {TypeError} if an option is wrong; the message tells of all that are.
   */
  constructor(options: RegistryOptions = {}) {
    checkRegistryOptions(options);
    this.#options = options;
    this.#workshop = new SeriesWorkshop(options);
    this.shard = this.#workshop.shard;
  }

  /**
   * A registry that refuses what this one would, and is of no other use: whoever registers several
   * metrics there first registers all of them here, or none.
   *
   * @internal
   */
  rehearsal(): Registry {
    const registry = new Registry({ ...this.#options, onOverflow: () => {} });
    registry.#workshop.rehearse(this.#workshop);
    return registry;
  }

  /**
   * Keeps the sample names of a family that somebody else adds to the shard, so that none is registered
   * under them. Returns the registered family that has one of them already, or null.
   *
   * @internal
   */
  keepNames(family: Pick<FamilyDef, "name" | "type">): string | null {
    return this.#workshop.keepNames(family);
  }

  /** How many series each family with labels has, in the order of registration. */
  seriesCounts(): readonly SeriesCount[] {
    return this.#workshop.seriesCounts();
  }

  /**
   * Registers a counter, which starts at 0; with `labels`, a family of them.
   *
   * @throws {TypeError} if the name or a label is not allowed, or the name is taken.
   * @throws {RangeError} if there is no room for it.
   */
  counter<const L extends string>(
    options: LabelledOptions<L> & CollectOptions<CounterFamily<L>>,
  ): CounterFamily<L>;
  /** Registers a counter without labels. */
  counter(options: PlainOptions & CollectOptions<Counter>): Counter;
  counter<L extends string>(
    options: AnyOptions<L> & CollectOptions<never>,
  ): Counter | CounterFamily<L> {
    const draft = this.#draft("counter", options, { merge: "add" });
    const kind = this.#workshop.kindOf(draft);
    const make = (place: CellPlace) => new Counter(place, kind);
    return this.#metric(draft, options, make, (family) => new CounterFamily<L>(family, kind));
  }

  /**
   * Registers a gauge, which starts at 0; with `labels`, a family of them. Throws like
   * {@linkcode Registry.counter}.
   */
  gauge<const L extends string>(
    options: LabelledOptions<L> & GaugeOptions & CollectOptions<GaugeFamily<L>>,
  ): GaugeFamily<L>;
  /** Registers a gauge without labels. */
  gauge(options: PlainOptions & GaugeOptions & CollectOptions<Gauge>): Gauge;
  gauge<L extends string>(
    options: AnyOptions<L> & GaugeOptions & CollectOptions<never>,
  ): Gauge | GaugeFamily<L> {
    const merge = options.merge ?? "per_node";
    if (!GAUGE_MERGES.includes(merge)) {
      refuse(options, `merge must be one of ${GAUGE_MERGES.join(", ")}`, merge);
    }
    const draft = this.#draft("gauge", options, { merge });
    const kind = { ...this.#workshop.kindOf(draft), keepsTime: merge === "latest" };
    const make = (place: CellPlace) => new Gauge(place, kind);
    return this.#metric(draft, options, make, (family) => new GaugeFamily<L>(family, kind));
  }

  /**
   * Registers a histogram, which starts empty; with `labels`, a family of them. The caller's bucket
   * array is copied. Throws like {@linkcode Registry.counter}.
   */
  histogram<const L extends string>(
    options: LabelledOptions<L> & HistogramOptions & CollectOptions<HistogramFamily<L>>,
  ): HistogramFamily<L>;
  /** Registers a histogram without labels. */
  histogram(options: PlainOptions & HistogramOptions & CollectOptions<Histogram>): Histogram;
  histogram<L extends string>(
    options: AnyOptions<L> & HistogramOptions & CollectOptions<never>,
  ): Histogram | HistogramFamily<L> {
    const bounds = listOf(options, "buckets", options.buckets ?? DEFAULT_BUCKETS);
    const draft = this.#draft("histogram", options, { merge: "add", bounds });
    const kind = { ...this.#workshop.kindOf(draft), bounds: Float64Array.from(bounds) };
    const make = (place: CellPlace) => new Histogram(place, kind);
    return this.#metric(draft, options, make, (family) => new HistogramFamily<L>(family, kind));
  }

  /**
   * Registers a native histogram, which starts empty; with `labels`, a family of them. Throws like
   * {@linkcode Registry.counter}.
   */
  nativeHistogram<const L extends string>(
    options:
      & LabelledOptions<L>
      & NativeHistogramOptions
      & CollectOptions<NativeHistogramFamily<L>>,
  ): NativeHistogramFamily<L>;
  /** Registers a native histogram without labels. */
  nativeHistogram(
    options: PlainOptions & NativeHistogramOptions & CollectOptions<NativeHistogram>,
  ): NativeHistogram;
  nativeHistogram<L extends string>(
    options: AnyOptions<L> & NativeHistogramOptions & CollectOptions<never>,
  ): NativeHistogram | NativeHistogramFamily<L> {
    const { schema = NATIVE_SCHEMA, binsMax = NATIVE_BINS_MAX } = options;
    if (!isIntegerIn(schema, SCHEMA_MIN, SCHEMA_MAX)) {
      refuse(options, `schema must be an integer from ${SCHEMA_MIN} to ${SCHEMA_MAX}`, schema);
    }
    if (!isIntegerIn(binsMax, 1, Infinity)) {
      refuse(options, "binsMax must be an integer of at least 1", binsMax);
    }
    const draft = this.#draft("native_histogram", options, { merge: "add" });
    const kind = { ...this.#workshop.kindOf(draft), ...this.#binsKind(draft, schema, binsMax) };
    const make = (place: CellPlace) =>
      new NativeHistogram(place, this.#workshop.addZeroBin(draft, place.series), kind);
    const makeFamily = (family: LabelledFamily<L, NativeHistogram>) =>
      new NativeHistogramFamily<L>(family, kind);
    return this.#metric(draft, options, make, makeFamily);
  }

  /**
   * Registers a summary, which starts empty; with `labels`, a family of them. Its quantiles are of a
   * sliding window and within the relative error that was asked for, on one node and merged over many.
   * Throws like {@linkcode Registry.counter}.
   */
  summary<const L extends string>(
    options: LabelledOptions<L> & SummaryOptions & CollectOptions<SummaryFamily<L>>,
  ): SummaryFamily<L>;
  /** Registers a summary without labels. */
  summary(options: PlainOptions & SummaryOptions & CollectOptions<Summary>): Summary;
  summary<L extends string>(
    options: AnyOptions<L> & SummaryOptions & CollectOptions<never>,
  ): Summary | SummaryFamily<L> {
    const { maxAgeMs = SUMMARY_MAX_AGE_MS, ageBuckets = SUMMARY_AGE_BUCKETS } = options;
    if (!(maxAgeMs > 0 && maxAgeMs < Infinity)) {
      refuse(options, "maxAgeMs must be a finite number above 0", maxAgeMs);
    }
    if (!isIntegerIn(ageBuckets, 1, AGE_BUCKETS_MAX)) {
      refuse(options, `ageBuckets must be an integer from 1 to ${AGE_BUCKETS_MAX}`, ageBuckets);
    }
    const schema = schemaOf(options);
    const quantiles = listOf(options, "quantiles", options.quantiles ?? SUMMARY_QUANTILES);
    const draft = this.#draft("summary", options, { merge: "add", quantiles });
    const kind: SummaryKind = {
      ...this.#workshop.kindOf(draft),
      // Finer bins are as many more, so that values may be as far apart at any error.
      ...this.#binsKind(
        draft,
        schema,
        SUMMARY_BINS_MAX * 2 ** Math.max(0, schema - SUMMARY_SCHEMA),
      ),
      maxAgeMs,
      ageBuckets,
    };
    const summaries: Summary[] = [];
    this.shard.beforeStamp(() => {
      for (const summary of summaries) summary.rotate();
    });
    const make = (place: CellPlace) => {
      const zero = this.#workshop.addZeroBin(draft, place.series);
      const summary = new Summary(place, zero, kind);
      summaries.push(summary);
      return summary;
    };
    const makeFamily = (family: LabelledFamily<L, Summary>) => new SummaryFamily<L>(family, kind);
    return this.#metric(draft, options, make, makeFamily);
  }

  /**
   * Registers an info: facts about this process, such as its version, as the labels of a series whose
   * value is 1. Merged, the facts of all nodes that are alive stand side by side. Throws like
   * {@linkcode Registry.counter}, and if the name does not end in `_info`.
   */
  info<const L extends string>(options: InfoOptions<L>): Info<L> {
    const draft = this.#draft("info", options, { merge: "max" });
    const kind = this.#workshop.kindOf(draft);
    const make = (place: CellPlace) => new InfoSeries(place, kind);
    return new Info(this.#workshop.labelled<L, InfoSeries>(draft, options, make));
  }

  /**
   * Registers a state set: a series for each state, with the state in a label of the metric's name; 1
   * for those that this process is in, at first none. Each node's are shown by themselves. Throws like
   * {@linkcode Registry.counter}.
   */
  stateSet<const S extends string>(options: StateSetOptions<S>): StateSet<S> {
    const { name } = options;
    const states = listOf(options, "states", options.states);
    if (states.length === 0 || new Set(states).size !== states.length) {
      refuse(options, "states must be distinct, and at least one", states);
    }
    for (const state of states) {
      if (typeof state === "string" && state.isWellFormed() && state.length <= TEXT_LENGTH_MAX) {
        continue;
      }
      refuse(options, `a state must have at most ${TEXT_LENGTH_MAX} well-formed characters`, state);
    }
    const draft = this.#draft("state_set", { ...options, labels: [name] }, {
      merge: "per_node",
    }, states.length);
    return new StateSet<S>(
      name,
      new Map(states.map((state) => [state, this.#workshop.fixed(draft, [state])])),
    );
  }

  #draft(
    type: FamilyDef["type"],
    options: AnyOptions<string>,
    rest: Pick<FamilyDef, "merge"> & Partial<Pick<FamilyDef, "bounds" | "quantiles">>,
    fixed: number | null = options.labels === undefined ? 1 : null,
  ): Draft {
    const { name, help, unit = "", labels = [] } = options;
    const labelNames = listOf(options, "labels", labels);
    return this.#workshop.draft(
      { name, help, type, unit, labelNames, bounds: [], ...rest },
      options,
      fixed,
    );
  }

  #metric<L extends string, H extends SeriesHandle, F>(
    draft: Draft,
    options: AnyOptions<L> & CollectOptions<never>,
    make: (place: CellPlace) => H,
    makeFamily: (family: LabelledFamily<L, H>) => F,
  ): H | F {
    const collect = options.collect as ((metric: H | F) => unknown) | undefined;
    const metric = options.labels === undefined
      ? make(this.#workshop.fixed(draft, []))
      : makeFamily(this.#workshop.labelled<L, H>(draft, options as LabelledOptions<L>, make));
    this.#workshop.collect(draft, metric, collect);
    return metric;
  }

  #binsKind(draft: Draft, schema: number, binsMax: number): BinsKind {
    return {
      schema,
      binsMax,
      addBin: (series, bin) => this.#workshop.addBin(draft, series, bin),
    };
  }
}

/** The lowest schema whose bins are as narrow as a summary's error asks for. */
function schemaOf(options: MetricOptions & SummaryOptions): number {
  const { relativeError = SUMMARY_RELATIVE_ERROR } = options;
  if (!(relativeError >= relativeErrorOf(SCHEMA_MAX) && relativeError <= 1)) {
    refuse(options, "relativeError must be from 0.00136 to 1", relativeError);
  }
  let schema = SCHEMA_MIN;
  while (relativeErrorOf(schema) > relativeError) schema++;
  return schema;
}

/** A copy of a list that was given. What is in it is checked with the definition. */
function listOf<T>(options: MetricOptions, field: string, list: Iterable<T>): T[] {
  const isList = typeof list === "object" && list !== null && Symbol.iterator in list;
  return isList ? [...list] : refuse(options, `${field} must be a list`, list);
}

function isIntegerIn(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function refuse({ name }: MetricOptions, rule: string, value: unknown): never {
  throw new TypeError(`Cannot register ${received(name)}: ${rule}: received ${received(value)}`);
}
