import type { LabelValue } from "../metrics/label_values.ts";
import type { LabelRule } from "./label_rule.ts";
import type { MetricDefinition } from "./metric_definition.ts";
import { checkPlugin } from "./plugin_check.ts";
import { isRecord } from "./plugin_refusal.ts";
import type { UnitConversion } from "./unit_conversion.ts";

/** How one event moves one metric: a counter adds, a gauge is set, all others observe. */
export interface Binding<M extends string = string> {
  /** The metric's name. */
  readonly metric: M;
  /** The number that is taken. Default: `count`, which is 1 for an event that does not carry it. */
  readonly measurement?: string;
  /** What is taken of an event that does not carry the number. Default: 1 for `count`, else nothing. */
  readonly fallback?: number;
  /** What turns the measurement's unit into the metric's. Default: it is taken as it is. */
  readonly convert?: UnitConversion;
  /** By label, another key of the metadata that it comes from. Default: the one of its own name. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Only events with these metadata are taken: a value, or one of several. Default: all. */
  readonly when?: Readonly<Record<string, LabelValue | readonly LabelValue[]>>;
  /** What the number does to a gauge. Default: `set`. */
  readonly effect?: "set" | "add" | "subtract";
}

/** What a number of an event may be; others are not taken, and counted. */
export interface MeasurementRule {
  /** Default: 0, as a negative duration would make the sum of a histogram fall. */
  readonly min?: number;
  /** Default: 2^53 - 1, above which a counter could not count by 1 any more. */
  readonly max?: number;
}

/** One event, and the metrics that it moves. */
export interface EventDefinition<M extends string = string> {
  /** One sentence: when it is emitted. */
  readonly help: string;
  /** How it moves metrics. */
  readonly bindings: readonly Binding<M>[];
  /** Rules for measurements; those that no binding takes are for other listeners. Default: none. */
  readonly measurements?: Readonly<Record<string, MeasurementRule>>;
  /** Metadata that no label is made of, for other listeners: key and meaning. Default: none. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** One value that a poll read. A counter's is its total so far. */
export interface Reading {
  /** The metric's name. */
  readonly metric: string;
  /** In the metric's unit; for an info 1. */
  readonly value: number;
  /** A label that is left out is the empty string. */
  readonly labels?: Readonly<Record<string, LabelValue>>;
}

/**
 * Something that is measured again and again. Its metrics show what it read last; a series that it no
 * longer reads is hidden, and while it fails all of its gauges and infos are.
 */
export interface PollDefinition<M extends string = string> {
  /** One sentence: what is read. */
  readonly help: string;
  /** The metrics that it reads. */
  readonly metrics: readonly M[];
  /** Milliseconds from one reading to the next. Default: the plugin's `pollMs`. */
  readonly everyMs?: number;
  /** Reads them all. It may fail; `signal` is aborted when the plugin ends. */
  readonly read: (signal: AbortSignal) => readonly Reading[] | Promise<readonly Reading[]>;
}

/** What an operator may choose for a plugin. */
export interface PluginOptions {
  /** Put before the names of metrics and events, with a dot; empty for none. */
  readonly prefix: string;
  /** Milliseconds from one reading of its polls to the next. */
  readonly pollMs: number;
  /** Groups of metrics that are not kept. */
  readonly dropMetricsGroups: readonly string[];
  /** Other buckets, by metric. */
  readonly buckets: Readonly<Record<string, readonly number[]>>;
  /** What is done with the values of labels, by label. */
  readonly labelRules: Readonly<Record<string, LabelRule>>;
}

/** What a plugin is defined by; see {@linkcode definePlugin}. */
export interface PluginDefinition<M extends string = string> {
  /** By which an operator chooses it, such as `billing`. */
  readonly name: string;
  /** One or two sentences: what it measures. */
  readonly help: string;
  /** By name, written with dots and without prefix: `billing.invoice_paid.total`. */
  readonly metrics: Readonly<Record<M, MetricDefinition>>;
  /** By name, likewise: `billing.invoice_paid`. Default: none. */
  readonly events?: Readonly<Record<string, EventDefinition<NoInfer<M>>>>;
  /** By a name of their own, for logs. Default: none. */
  readonly polls?: Readonly<Record<string, PollDefinition<NoInfer<M>>>>;
  /** Whether its events are of this process alone, and are not taken from outside. Default: false. */
  readonly isInternal?: boolean;
  /** Files of `dashboards/` that show its metrics. Default: none. */
  readonly dashboards?: readonly string[];
  /** Its own defaults. A runtime plugin sets `prefix: ""`, and others leave it to the operator. */
  readonly options?: Partial<PluginOptions>;
}

/** A checked plugin: data, which does nothing until it is installed. */
export interface Plugin extends Required<Omit<PluginDefinition, "options">> {
  /** Its own defaults. */
  readonly options: Partial<PluginOptions>;
}

/**
 * Checks a plugin, which is data: metrics, and how events and polls move them.
 *
 * @throws {TypeError} if a name, rule or number is not allowed, the registry would not take a metric, or a
 * binding or poll names what the plugin does not have.
 *
 * @example
 * ```ts
 * import { definePlugin } from "@muster/muster";
 *
 * const mail = definePlugin({
 *   name: "mail",
 *   help: "E-mail that is sent.",
 *   metrics: {
 *     "mail.sent.total": { kind: "counter", help: "Mails sent.", group: "sent", labels: ["template"] },
 *     "mail.duration.seconds": {
 *       kind: "histogram",
 *       help: "Time to hand over a mail.",
 *       group: "sent",
 *       buckets: [0.1, 1, 10],
 *     },
 *   },
 *   events: {
 *     "mail.sent": {
 *       help: "A mail was handed over.",
 *       bindings: [
 *         { metric: "mail.sent.total" },
 *         { metric: "mail.duration.seconds", measurement: "duration_ms", convert: "ms_to_seconds" },
 *       ],
 *     },
 *   },
 * });
 * ```
 */
export function definePlugin<const M extends string>(definition: PluginDefinition<M>): Plugin {
  if (!isRecord(definition)) {
    throw new TypeError(
      `Cannot define a plugin: it must be an object: received ${typeof definition}`,
    );
  }
  const { events = {}, polls = {}, dashboards = [], options = {}, isInternal = false } = definition;
  const plugin = { ...definition, events, polls, dashboards, options, isInternal };
  checkPlugin(plugin);
  return plugin;
}
