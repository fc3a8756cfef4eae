import { Counter, type CounterFamily } from "../metrics/counter.ts";
import { Gauge, type GaugeFamily } from "../metrics/gauge.ts";
import type { Info } from "../metrics/info.ts";
import type { Observer, ObserverFamily } from "../metrics/observer.ts";
import type { Registry } from "../metrics/registry.ts";
import type { MetricDefinition } from "./metric_definition.ts";
import type { Binding } from "./plugin.ts";

type AnyObserver = Observer | ObserverFamily<string, Observer>;

/** The labels of one series, complete. */
export type SeriesLabels = Readonly<Record<string, string>>;

/** A registered metric, in the one form that bindings and polls use. */
export interface Instrument {
  /** The names of its labels, in declared order. */
  readonly labels: readonly string[];
  /** Takes a number: a counter adds, a gauge does as `effect` says, all others observe. */
  take(labels: SeriesLabels, value: number, effect: Binding["effect"]): void;
  /** Sets a gauge, brings a counter up to a total, or states facts. */
  show(labels: SeriesLabels, value: number): void;
  /** Hides a series. */
  hide(labels: SeriesLabels): void;
}

/** Registers a metric of a plugin under its full name. Throws like `Registry.counter`. */
export function registerInstrument(
  registry: Registry,
  name: string,
  definition: MetricDefinition,
): Instrument {
  const { kind, help, labels = [], unit = "", values, idleTtlMs } = definition;
  const plain = { name, help, unit };
  const labelled = {
    ...plain,
    labels,
    ...(values === undefined ? {} : { values }),
    ...(idleTtlMs === undefined ? {} : { idleTtlMs }),
  };
  const hasLabels = labels.length > 0;
  switch (kind) {
    case "counter":
      return counter(labels, hasLabels ? registry.counter(labelled) : registry.counter(plain));
    case "gauge": {
      const { merge = "per_node" } = definition;
      return gauge(
        labels,
        hasLabels ? registry.gauge({ ...labelled, merge }) : registry.gauge({ ...plain, merge }),
      );
    }
    case "histogram": {
      const { buckets } = definition;
      return observer(
        labels,
        hasLabels
          ? registry.histogram({ ...labelled, buckets })
          : registry.histogram({ ...plain, buckets }),
      );
    }
    case "native_histogram":
      return observer(
        labels,
        hasLabels ? registry.nativeHistogram(labelled) : registry.nativeHistogram(plain),
      );
    case "summary": {
      const { quantiles, maxAgeMs } = definition;
      const rest = {
        ...(quantiles === undefined ? {} : { quantiles }),
        ...(maxAgeMs === undefined ? {} : { maxAgeMs }),
      };
      return observer(
        labels,
        hasLabels
          ? registry.summary({ ...labelled, ...rest })
          : registry.summary({ ...plain, ...rest }),
      );
    }
    case "info":
      return info(labels, registry.info(labelled));
  }
}

function counter(labels: readonly string[], metric: Counter | CounterFamily<string>): Instrument {
  const seriesOf = (of: SeriesLabels) => metric instanceof Counter ? metric : metric.labels(of);
  return {
    labels,
    take: metric instanceof Counter
      ? (_of, value) => metric.inc(value)
      : (of, value) => metric.inc(of, value),
    show: (of, total) => {
      const series = seriesOf(of);
      // What a poll reads may fall when its source begins anew; a counter must not.
      if (total > series.value) series.inc(total - series.value);
    },
    // A counter that nobody reads any more stays: its total is still true.
    hide: () => {},
  };
}

function gauge(labels: readonly string[], metric: Gauge | GaugeFamily<string>): Instrument {
  const seriesOf = (of: SeriesLabels) => metric instanceof Gauge ? metric : metric.labels(of);
  return {
    labels,
    take: (of, value, effect) => {
      if (effect === "add") seriesOf(of).inc(value);
      else if (effect === "subtract") seriesOf(of).dec(value);
      else seriesOf(of).set(value);
    },
    show: (of, value) => seriesOf(of).set(value),
    hide: (of) => {
      if (metric instanceof Gauge) metric.hide();
      else metric.remove(of);
    },
  };
}

function observer(labels: readonly string[], metric: AnyObserver): Instrument {
  const take: Instrument["take"] = "labels" in metric
    ? (of, value) => metric.observe(of, value)
    : (_of, value) => metric.observe(value);
  return { labels, take, show: () => {}, hide: () => {} };
}

function info(labels: readonly string[], metric: Info<string>): Instrument {
  let current: SeriesLabels | null = null;
  const state = (of: SeriesLabels) => {
    metric.set(of);
    current = of;
  };
  const hide = (of: SeriesLabels) => {
    // Facts that were replaced are hidden already, and must not take those that hold now with them.
    if (current === null || labels.some((label) => of[label] !== current![label])) return;
    current = null;
    metric.clear();
  };
  return { labels, take: state, show: state, hide };
}
