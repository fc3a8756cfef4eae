import { GAUGE_MERGES, type GaugeMerge } from "../metrics/family.ts";
import { NODE_LABEL, OVERFLOW_LABEL, TEXT_LENGTH_MAX } from "../metrics/names.ts";
import { received } from "../metrics/received.ts";

/** Anything that can show its metrics as text: a registry of prom-client or ts_prometheus, for one. */
export interface MetricsText {
  /** The exposition, in text 0.0.4 or OpenMetrics 1.0. */
  metrics(): string | Promise<string>;
  /** The media type of what `metrics` gives. Default: text 0.0.4. */
  readonly contentType?: string;
}

/** A foreign registry or exporter whose metrics join this node's. */
export interface SourceOptions {
  /** What it is called in `muster_source_up` and in the log: up to 64 letters, digits, `_`, `.`, `-`. */
  readonly name: string;
  /** A registry in this process. Either this or `url`. */
  readonly registry?: MetricsText;
  /** The `http:` or `https:` address of an exporter that belongs to this node alone. */
  readonly url?: string;
  /** Request headers for `url`, such as an `authorization`. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Put before every metric name. Default: nothing. */
  readonly prefix?: string;
  /**
   * Labels that every series gets, to tell apart sources that expose the same names. None may be
   * `node`, `le`, `quantile` or `muster_overflow`. Default: none.
   */
  readonly labels?: Readonly<Record<string, string>>;
  /** How gauges merge, by their names with the prefix, before any new name. Default: `per_node`. */
  readonly gauges?: Readonly<Record<string, GaugeMerge>>;
  /**
   * Whether what was counted before the first poll that shows a metric is counted. Default: for a
   * registry `from_start`, since it begins and ends with this process; for a URL `from_first_poll`,
   * since an exporter that outlives a restart of this process was counted already. A new series of a
   * metric that was there before is counted in full, and so is what began after the previous poll, by
   * `process_start_time_seconds` or `_created`.
   */
  readonly counters?: "from_start" | "from_first_poll";
  /** From one poll to the next, in ms. Default: 1,000 for a registry, 10,000 for a URL. */
  readonly periodMs?: number;
  /** For one poll, in ms, at most 60,000. Default: 5,000. */
  readonly timeoutMs?: number;
  /** Bytes of one exposition. Default: 16 MiB. */
  readonly bodyBytesMax?: number;
  /** Series that one metric may have; further ones are left out and reported. Default: 10,000. */
  readonly seriesPerFamilyMax?: number;
}

/** Where the text comes from. */
export type Origin =
  | { readonly kind: "registry"; readonly registry: MetricsText }
  | {
    readonly kind: "url";
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
  };

/** {@linkcode SourceOptions}, checked and complete. */
export interface SourceSettings
  extends Required<Omit<SourceOptions, "registry" | "url" | "headers">> {
  readonly origin: Origin;
}

const NAME = /^[A-Za-z0-9_.-]{1,64}$/;
const PREFIX = /^([a-zA-Z_:][a-zA-Z0-9_:]*)?$/;
const LABEL = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Labels that merge and exposition add themselves. */
const TAKEN_LABELS: readonly string[] = [NODE_LABEL, OVERFLOW_LABEL, "le", "quantile"];
/** A source may poll no faster than this. */
const PERIOD_MS_MIN = 100;
/** Nobody wants values that are older, and who polls now waits as long. */
const TIMEOUT_MS_MAX = 60_000;

/**
 * Checks the options of a source.
 *
 * @throws {TypeError} if one is wrong.
 */
export function sourceSettings(
  options: SourceOptions,
  defaults: {
    readonly seriesPerFamilyMax: number;
    readonly constantLabels?: Readonly<Record<string, string>>;
  },
): SourceSettings {
  const { name } = options;
  const refuse = (field: string, rule: string, value: unknown): never => {
    throw new TypeError(
      `Cannot add source ${JSON.stringify(name)}: ${field} must be ${rule}: received ${
        received(value)
      }`,
    );
  };
  if (typeof name !== "string" || !NAME.test(name)) {
    refuse("name", "1 to 64 letters, digits, underscores, dots and hyphens", name);
  }
  const origin = originOf(options, refuse);
  const isUrl = origin.kind === "url";
  const settings: SourceSettings = {
    name,
    origin,
    prefix: options.prefix ?? "",
    labels: { ...defaults.constantLabels, ...options.labels },
    gauges: { ...options.gauges },
    counters: options.counters ?? (isUrl ? "from_first_poll" : "from_start"),
    periodMs: options.periodMs ?? (isUrl ? 10_000 : 1_000),
    timeoutMs: options.timeoutMs ?? 5_000,
    bodyBytesMax: options.bodyBytesMax ?? 16 * 1024 * 1024,
    seriesPerFamilyMax: options.seriesPerFamilyMax ?? defaults.seriesPerFamilyMax,
  };
  if (!PREFIX.test(settings.prefix)) refuse("prefix", "the beginning of a name", settings.prefix);
  for (const [label, value] of Object.entries(settings.labels)) {
    if (!LABEL.test(label) || !isLabelValue(value)) {
      refuse("labels", `names with texts of 1 to ${TEXT_LENGTH_MAX} characters`, {
        [label]: value,
      });
    }
    if (TAKEN_LABELS.includes(label)) {
      refuse("labels", `named otherwise than ${TAKEN_LABELS.join(", ")}`, { [label]: value });
    }
  }
  for (const merge of Object.values(settings.gauges)) {
    if (!GAUGE_MERGES.includes(merge)) refuse("gauges", `one of ${GAUGE_MERGES.join(", ")}`, merge);
  }
  if (!["from_start", "from_first_poll"].includes(settings.counters)) {
    refuse("counters", "from_start or from_first_poll", settings.counters);
  }
  for (const field of ["bodyBytesMax", "seriesPerFamilyMax"] as const) {
    if (!isAtLeast(settings[field], 1)) refuse(field, "a number of at least 1", settings[field]);
  }
  const { timeoutMs, periodMs } = settings;
  if (!isAtLeast(timeoutMs, 1) || timeoutMs > TIMEOUT_MS_MAX) {
    refuse("timeoutMs", `a number from 1 to ${TIMEOUT_MS_MAX}`, timeoutMs);
  }
  if (!isAtLeast(periodMs, PERIOD_MS_MIN)) {
    refuse("periodMs", `a number of at least ${PERIOD_MS_MIN}`, periodMs);
  }
  return settings;
}

function isSendable(header: readonly [string, unknown]): boolean {
  if (typeof header[1] !== "string") return false;
  try {
    return [...new Headers({ [header[0]]: header[1] })].length === 1;
  } catch {
    return false;
  }
}

function isAtLeast(value: unknown, least: number): boolean {
  return typeof value === "number" && value >= least;
}

function isLabelValue(value: unknown): boolean {
  return typeof value === "string" && value !== "" && value.length <= TEXT_LENGTH_MAX &&
    value.isWellFormed();
}

function originOf(
  { registry, url, headers = {} }: SourceOptions,
  refuse: (field: string, rule: string, value: unknown) => never,
): Origin {
  if ((registry === undefined) === (url === undefined)) {
    return refuse("registry", "given, or else url, and not both", { registry: !!registry, url });
  }
  if (registry !== undefined) {
    if (typeof registry.metrics !== "function") {
      return refuse("registry", "an object with a method metrics()", typeof registry);
    }
    return { kind: "registry", registry };
  }
  if (!URL.canParse(url!) || !/^https?:$/.test(new URL(url!).protocol)) {
    return refuse("url", "an http or https address", url);
  }
  const unsendable = Object.entries(headers).find((header) => !isSendable(header));
  if (unsendable !== undefined) {
    // The value may be a secret.
    return refuse("headers", "names with texts that HTTP can send", unsendable[0]);
  }
  return { kind: "url", url: url!, headers };
}
