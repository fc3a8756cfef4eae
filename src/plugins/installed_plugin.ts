import type { Registry } from "../metrics/registry.ts";
import type { Bus } from "../telemetry/bus.ts";
import type { Poller } from "../telemetry/poller.ts";
import { eventHandler } from "./event_recorder.ts";
import { type EventSchema, eventSchema } from "./event_schema.ts";
import { type Instrument, registerInstrument } from "./instrument.ts";
import type { LabelMappers } from "./label_mappers.ts";
import type { LabelRule } from "./label_rule.ts";
import type { MetricDefinition } from "./metric_definition.ts";
import type { Plugin, PluginOptions } from "./plugin.ts";
import { checkChoices } from "./plugin_choices.ts";
import { eventName, metricName } from "./plugin_names.ts";
import { pollOf } from "./plugin_polls.ts";

/** What a plugin is installed into. */
export interface PluginHost {
  readonly registry: Registry;
  readonly bus: Bus;
  readonly poller: Poller;
  readonly mappers: LabelMappers;
  /** What the operator chose for all plugins. */
  readonly defaults: Partial<PluginOptions>;
  /** Told of each number of an event that a metric could not take. */
  readonly onUnusable: (metric: string, measurement: string) => void;
}

/** What every plugin has unless the operator, the plugin itself or who installs it says otherwise. */
export const DEFAULT_PLUGIN_OPTIONS: PluginOptions = {
  prefix: "rsolv",
  pollMs: 10_000,
  dropMetricsGroups: [],
  buckets: {},
  labelRules: { customer_id: { top: 100 }, domain: { top: 100 } },
};

/** A plugin whose metrics are registered, and moved by events and polls. */
export class InstalledPlugin implements Disposable {
  readonly plugin: Plugin;
  readonly options: PluginOptions;
  /** By name; those of dropped groups are missing. */
  readonly instruments: ReadonlyMap<string, Instrument>;
  /** What each event may carry, by its full name. */
  readonly events: ReadonlyMap<string, EventSchema>;
  readonly #ends: (() => void)[] = [];

  /**
   * Registers the metrics at once, so that their families show before the first event, and begins to
   * listen and to poll. Later of these win: the defaults, the host's, the plugin's own, `chosen`.
   *
   * @throws {TypeError} if an option names what the plugin does not have, or a metric's name is taken.
   */
  constructor(plugin: Plugin, host: PluginHost, chosen: Partial<PluginOptions> = {}) {
    this.plugin = plugin;
    this.options = merged([DEFAULT_PLUGIN_OPTIONS, host.defaults, plugin.options, chosen]);
    checkChoices(plugin, this.options);
    this.instruments = this.#register(host.registry);
    try {
      this.events = this.#listen(host);
      this.#poll(host.poller);
    } catch (error) {
      // Nobody has it who could end what it began.
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Hears and polls no more; its metrics stay registered. */
  [Symbol.dispose](): void {
    for (const end of this.#ends.splice(0)) end();
  }

  #register(registry: Registry): ReadonlyMap<string, Instrument> {
    const { prefix, dropMetricsGroups } = this.options;
    const kept = Object.entries(this.plugin.metrics)
      .filter(([, { group }]) => !dropMetricsGroups.includes(group));
    const registered = (where: Registry) =>
      new Map(kept.map(([name, metric]) => {
        const fullName = metricName(prefix, name);
        return [name, registerInstrument(where, fullName, this.#chosen(name, metric))] as const;
      }));
    // Of a plugin that is refused nothing must stay: it may come again, corrected.
    registered(registry.rehearsal());
    return registered(registry);
  }

  /** A metric with the operator's buckets and without the labels that are dropped. */
  #chosen(name: string, metric: MetricDefinition): MetricDefinition {
    const { labels = [] } = metric;
    const kept = labels.filter((label) => this.#ruleOf(label) !== "drop");
    const buckets = this.options.buckets[name];
    return {
      ...metric,
      ...(kept.length === labels.length ? {} : { labels: kept }),
      ...(metric.kind === "histogram" && buckets !== undefined ? { buckets } : {}),
    };
  }

  #ruleOf(label: string): LabelRule {
    return this.options.labelRules[label] ?? "keep";
  }

  #listen({ bus, mappers, onUnusable }: PluginHost): ReadonlyMap<string, EventSchema> {
    const { plugin, options: { prefix }, instruments } = this;
    const schemas = new Map<string, EventSchema>();
    const parts = {
      instruments,
      mapperOf: (label: string) => mappers.of(label, this.#ruleOf(label)),
      onUnusable: (metric: string, measurement: string) =>
        onUnusable(metricName(prefix, metric), measurement),
    };
    for (const [name, event] of Object.entries(plugin.events)) {
      const fullName = eventName(prefix, name);
      // What a client sends does not depend on what is dropped here.
      schemas.set(fullName, eventSchema(event, (metric) => plugin.metrics[metric]?.labels ?? []));
      const handler = eventHandler(event, parts);
      if (handler !== null) this.#ends.push(bus.attach(fullName, handler));
    }
    return schemas;
  }

  #poll(poller: Poller): void {
    for (const [name, definition] of Object.entries(this.plugin.polls)) {
      const fullName = `${this.plugin.name}.${name}`;
      const poll = pollOf(fullName, definition, this.options.pollMs, this.instruments);
      if (poll !== null) this.#ends.push(poller.add(poll));
    }
  }
}

/** Options of which the later win, label by label and metric by metric where there are many. */
function merged(layers: readonly Partial<PluginOptions>[]): PluginOptions {
  return {
    ...Object.assign({}, ...layers) as PluginOptions,
    buckets: Object.assign({}, ...layers.map(({ buckets }) => buckets)),
    labelRules: Object.assign({}, ...layers.map(({ labelRules }) => labelRules)),
  };
}
