import type { Registry } from "../metrics/registry.ts";
import type { Bus } from "../telemetry/bus.ts";
import { Poller, type PollerOptions } from "../telemetry/poller.ts";
import type { EventSchema } from "./event_schema.ts";
import { InstalledPlugin } from "./installed_plugin.ts";
import { LabelMappers } from "./label_mappers.ts";
import type { Plugin, PluginOptions } from "./plugin.ts";
import { createPluginMetrics, type PluginMetrics } from "./plugin_metrics.ts";

/** What plugins are handed from outside. */
export interface PluginsOptions extends Pick<PollerOptions, "clock" | "log"> {
  readonly registry: Registry;
  readonly bus: Bus;
  /** Hashes the values of labels whose rule is `hash`. */
  readonly hash: (text: string) => string;
  /** What the operator chose for all plugins. */
  readonly defaults?: Partial<PluginOptions>;
  /** Off, plugins are taken but measure nothing. Default: true. */
  readonly isCollecting?: boolean;
}

/** The plugins of one node. */
export class Plugins implements Disposable {
  readonly #options: PluginsOptions;
  readonly #metrics: PluginMetrics | null;
  readonly #poller: Poller;
  readonly #mappers: LabelMappers;
  readonly #installed = new Map<string, InstalledPlugin>();
  readonly #events = new Map<string, EventSchema>();

  constructor(options: PluginsOptions) {
    this.#options = options;
    const { registry, bus, clock, log, hash, isCollecting = true } = options;
    this.#metrics = isCollecting ? createPluginMetrics(registry, bus) : null;
    this.#mappers = new LabelMappers(hash);
    this.#poller = new Poller({
      clock,
      log,
      onOutcome: (poll, outcome) => this.#metrics?.polls.inc({ poll, outcome }),
    });
  }

  /** Whether anything is measured. */
  get isCollecting(): boolean {
    return this.#metrics !== null;
  }

  /** The plugins that are installed, by name. */
  get installed(): ReadonlyMap<string, InstalledPlugin> {
    return this.#installed;
  }

  /** What each event that is taken from outside may carry, by its full name. */
  get events(): ReadonlyMap<string, EventSchema> {
    return this.#events;
  }

  /**
   * Registers a plugin's metrics and begins to measure.
   *
   * @throws {TypeError} if a plugin of the name is there, an option names what the plugin does not have,
   * or a metric's name is taken.
   */
  add(plugin: Plugin, chosen: Partial<PluginOptions> = {}): void {
    const metrics = this.#metrics;
    if (metrics === null) return;
    if (this.#installed.has(plugin.name)) {
      throw new TypeError(
        `Cannot install the plugin "${plugin.name}": its name must not be in use: ` +
          `it is installed already, perhaps because MUSTER_PLUGINS names it`,
      );
    }
    const { registry, bus, defaults = {} } = this.#options;
    const installed = new InstalledPlugin(plugin, {
      registry,
      bus,
      defaults,
      poller: this.#poller,
      mappers: this.#mappers,
      onUnusable: (metric, measurement) => metrics.unusable.inc({ metric, measurement }),
    }, chosen);
    this.#installed.set(plugin.name, installed);
    if (plugin.isInternal) return;
    for (const [name, schema] of installed.events) this.#events.set(name, schema);
  }

  /** Polls no more; what happens is still heard. */
  stopPolling(): void {
    this.#poller[Symbol.dispose]();
  }

  /** Hears and polls no more; what was measured stays. */
  [Symbol.dispose](): void {
    for (const plugin of this.#installed.values()) plugin[Symbol.dispose]();
    this.stopPolling();
  }
}
