import { type Clock, sleep } from "../io/clock.ts";
import type { HttpClient } from "../io/http_client.ts";
import type { LogSink } from "../io/log.ts";
import type { MetricRules } from "../metrics/metric_options.ts";
import { Registry } from "../metrics/registry.ts";
import { Source } from "./source.ts";
import { createSourceMetrics, type SourceMetrics } from "./source_metrics.ts";
import { type SourceOptions, type SourceSettings, sourceSettings } from "./source_options.ts";
import { SourceShard } from "./source_shard.ts";
import { TakenNames } from "./taken_names.ts";

/** Sources that a node may have, removed ones included. */
const SOURCES_MAX = 1_000;

/** Of the shard's cells what sources may take up: a shard with too many is refused by every peer. */
const CELLS_SHARE = 0.9;

/** How long the last polls at the end may take, whatever a source's own deadline is. */
const LAST_POLLS_MS = 1_000;

/** What the sources of a node work with. */
export interface SourcesOptions {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly log: LogSink;
  /** Series that one metric of a source may have if its options do not say. */
  readonly seriesPerFamilyMax: number;
  /** Cells that the node's shard may have. */
  readonly cellsMax: number;
  /** Labels that every series gets. Default: none. */
  readonly constantLabels?: Readonly<Record<string, string>>;
  /** What is changed of metrics; dropping labels is not, as it would make one series of several. */
  readonly rules?: Pick<MetricRules, "drop" | "rename">;
  /** False where metrics are switched off: sources may be added, and nothing is polled. */
  readonly isPolling: boolean;
}

/** The part of a shard that belongs to a name, whichever source has the name. */
interface Place {
  readonly key: string;
  readonly settings: SourceSettings;
  readonly shard: SourceShard;
}

/** The foreign registries and exporters of a node. */
export class Sources implements AsyncDisposable {
  readonly #options: SourcesOptions;
  readonly #names: TakenNames;
  readonly #sources = new Map<string, Source>();
  readonly #places = new Map<string, Place>();
  #metrics: SourceMetrics | null = null;

  constructor(options: SourcesOptions) {
    this.#options = options;
    this.#names = new TakenNames(options.registry);
  }

  /** The sources, in the order in which they were added. */
  get all(): readonly Source[] {
    return [...this.#sources.values()];
  }

  /**
   * Adds a source and begins to poll it.
   *
   * @throws {TypeError} if an option is wrong or the name is in use.
   * @throws {RangeError} if there are too many.
   */
  add(options: SourceOptions): Source {
    const { registry, clock, http, log, ...defaults } = this.#options;
    const settings = sourceSettings(options, defaults);
    const { name } = settings;
    if (this.#sources.has(name)) {
      throw new TypeError(
        `Cannot add source "${name}": its name must not be in use: remove it first`,
      );
    }
    // Its own metrics appear with the first source.
    const { isPolling } = this.#options;
    this.#metrics ??= createSourceMetrics(isPolling ? registry : new Registry());
    const shard = this.#placeOf(settings).shard;
    const earlier = Promise.all(this.all.map(({ firstPoll }) => firstPoll));
    const tools = { clock, http, log, metrics: this.#metrics };
    const source = new Source(settings, shard, tools, earlier);
    shard.adopt(settings);
    this.#sources.set(name, source);
    void (isPolling ? source.poll() : source.stop());
    return source;
  }

  /**
   * Ends a source: its gauges are hidden, and what it counted stays. When it is added again under the
   * same name, prefix and labels, counting goes on, with the options that are given then; only how a
   * gauge merges stays as it was when it was first seen. Does nothing if there is none of the name.
   */
  async remove(name: string): Promise<void> {
    const source = this.#sources.get(name);
    if (source === undefined) return;
    this.#sources.delete(name);
    await source.stop();
    this.#metrics!.up.set({ source: name }, 0);
  }

  /**
   * Polls the registries of this process a last time, so that their last counts count, and ends all.
   * A registry that takes longer than a second does not keep the node from ending.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const { clock } = this.#options;
    const polled = new AbortController();
    const deadline = sleep(clock, LAST_POLLS_MS, polled.signal);
    await Promise.all(this.all.map(async (source) => {
      await Promise.race([source.pollLastTime(), deadline]);
      await this.remove(source.name);
    }));
    polled.abort();
  }

  #placeOf(settings: SourceSettings): Place {
    const { registry: { shard }, cellsMax, rules = {} } = this.#options;
    const { name, prefix, labels } = settings;
    const key = JSON.stringify([name, prefix, Object.entries(labels).sort()]);
    const known = this.#places.get(key);
    if (known === undefined && this.#places.size >= SOURCES_MAX) {
      throw new RangeError(
        `Cannot add source "${name}": sources must be at most ${SOURCES_MAX}, removed ones included`,
      );
    }
    const place: Place = known ?? {
      key,
      settings,
      shard: new SourceShard({
        settings,
        key,
        shard,
        names: this.#names,
        rules,
        cellsMax: Math.floor(cellsMax * CELLS_SHARE),
        isApart: (other) => isApart(settings, this.#places.get(other)!.settings),
      }),
    };
    this.#places.set(key, place);
    return place;
  }
}

/** Whether no series of one source can be one of the other's. */
function isApart({ labels: a }: SourceSettings, { labels: b }: SourceSettings): boolean {
  return Object.keys(a).some((label) => Object.hasOwn(b, label) && a[label] !== b[label]);
}
