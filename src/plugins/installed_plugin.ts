import type { Registry } from "../metrics/registry.ts";
import type { Bus, EventHandler, Measurements, Metadata } from "../telemetry/bus.ts";
import { type Instrument, registerInstrument, type SeriesLabels } from "./instrument.ts";
import type { Binding, Plugin, PluginOptions } from "./plugin.ts";
import { checkChoices } from "./plugin_choices.ts";
import { eventName, metricName } from "./plugin_names.ts";
import { UNIT_DIVISORS } from "./unit_conversion.ts";

/** What a plugin is installed into. */
export interface PluginHost {
  readonly registry: Registry;
  readonly bus: Bus;
}

/** What every plugin has unless it or the operator says otherwise. */
export const DEFAULT_PLUGIN_OPTIONS: PluginOptions = {
  prefix: "rsolv",
  pollMs: 10_000,
  dropMetricsGroups: [],
  buckets: {},
  labelRules: {},
};

/** A plugin whose metrics are registered and moved by events. */
export class InstalledPlugin implements Disposable {
  readonly plugin: Plugin;
  readonly options: PluginOptions;
  /** By name; those of dropped groups are missing. */
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly #detach: (() => void)[] = [];

  /**
   * Registers the metrics at once, so that their families show before the first event, and listens.
   * What `chosen` leaves out is as the plugin says, or as in {@linkcode DEFAULT_PLUGIN_OPTIONS}.
   *
   * @throws {TypeError} if an option names a group, metric or label that the plugin does not have, or a
   * metric's name is taken.
   */
  constructor(plugin: Plugin, host: PluginHost, chosen: Partial<PluginOptions> = {}) {
    this.plugin = plugin;
    this.options = { ...DEFAULT_PLUGIN_OPTIONS, ...chosen, ...plugin.options };
    checkChoices(plugin, this.options);
    const { prefix, dropMetricsGroups, buckets } = this.options;
    const instruments = new Map<string, Instrument>();
    for (const [name, metric] of Object.entries(plugin.metrics)) {
      if (dropMetricsGroups.includes(metric.group)) continue;
      const definition = metric.kind === "histogram" && buckets[name] !== undefined
        ? { ...metric, buckets: buckets[name] }
        : metric;
      const instrument = registerInstrument(host.registry, metricName(prefix, name), definition);
      instruments.set(name, instrument);
    }
    this.instruments = instruments;
    for (const [name, { bindings }] of Object.entries(plugin.events)) {
      const kept = bindings.filter(({ metric }) => instruments.has(metric));
      if (kept.length === 0) continue;
      const handler = handlerOf(kept.map((binding) => recorder(binding, instruments)));
      this.#detach.push(host.bus.attach(eventName(prefix, name), handler));
    }
  }

  /** Hears no further event; its metrics stay registered. */
  [Symbol.dispose](): void {
    for (const detach of this.#detach.splice(0)) detach();
  }
}

type Recorder = (measurements: Measurements, metadata: Metadata) => void;

function handlerOf(recorders: readonly Recorder[]): EventHandler {
  return (_name, measurements, metadata) => {
    for (const record of recorders) record(measurements, metadata);
  };
}

function recorder(binding: Binding, instruments: ReadonlyMap<string, Instrument>): Recorder {
  const { metric, measurement = "count", convert, labels = {}, when = {}, effect } = binding;
  const instrument = instruments.get(metric)!;
  const divisor = convert === undefined ? 1 : UNIT_DIVISORS[convert];
  const sources = instrument.labels.map((label) => [label, labels[label] ?? label] as const);
  const conditions = Object.entries(when).map(([key, wanted]) =>
    [key, Array.isArray(wanted) ? wanted : [wanted]] as const
  );
  return (measurements, metadata) => {
    for (const [key, wanted] of conditions) if (!wanted.includes(metadata[key])) return;
    const value = measurements[measurement] ?? (measurement === "count" ? 1 : undefined);
    if (value === undefined) return;
    const values: Record<string, string> = {};
    for (const [label, key] of sources) values[label] = labelText(metadata[key]);
    instrument.take(values satisfies SeriesLabels, value / divisor, effect);
  };
}

/** A label that an event does not carry is empty, and so is one that is no text, number or boolean. */
function labelText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "boolean":
      return String(value);
    default:
      return "";
  }
}
