import { detached } from "./detached.ts";
import type { ForeignFamily, ForeignHistogram, ForeignValue } from "./foreign_family.ts";

/** When a process began, in seconds since the epoch, as client libraries expose it. */
const PROCESS_START = "process_start_time_seconds";
/** By how much it may be off: clients round it, and Linux tells its own start in whole seconds. */
const PROCESS_START_ERROR_SECONDS = 1;
/** Names that are remembered, so that an exporter that makes up ever new ones does no harm. */
const KNOWN_MAX = 100_000;

/**
 * What a source that is counted `from_first_poll` had counted before, and what not. A family that is
 * seen for the first time had: maybe the exporter could not reach before what it reports of. A series
 * that is new in a family that was there before had not, since it was made in between; nor had one of
 * which the exporter says so.
 */
export class Baseline {
  readonly #known = new Set<string>();
  #askedAtSeconds: number | null = null;
  #startSeconds: number | null = null;

  /** Begins a poll that gave these families. */
  begin(families: readonly ForeignFamily[]): void {
    this.#startSeconds = processStartOf(families);
  }

  /** Ends the poll, which was asked for at this time by the wall clock. */
  end(families: readonly ForeignFamily[], askedAtMs: number): void {
    for (const family of families) {
      const name = metricOf(family);
      if (this.#known.has(name) || this.#known.size >= KNOWN_MAX) continue;
      this.#known.add(detached([name])[0]!);
    }
    this.#askedAtSeconds = askedAtMs / 1000;
  }

  /** Whether what a series says that was never seen yet was counted before the polls. */
  isBefore(family: ForeignFamily, series: ForeignValue | ForeignHistogram): boolean {
    return !this.#known.has(metricOf(family)) && !this.isNew(series);
  }

  /** Whether the exporter says that the series, or all of it, began after the previous poll. */
  isNew({ createdSeconds }: ForeignValue | ForeignHistogram): boolean {
    if (this.#askedAtSeconds === null) return false;
    if (createdSeconds !== undefined) return createdSeconds > this.#askedAtSeconds;
    return this.#startSeconds !== null &&
      this.#startSeconds - PROCESS_START_ERROR_SECONDS > this.#askedAtSeconds;
  }
}

/** What the metric is called at the source of which the family may be a part. */
function metricOf({ name, part }: ForeignFamily): string {
  return part === undefined ? name : name.slice(0, -`_${part}`.length);
}

function processStartOf(families: readonly ForeignFamily[]): number | null {
  const family = families.find(({ name }) => name === PROCESS_START);
  if (family === undefined || family.type !== "gauge") return null;
  return family.values.find(({ labelNames }) => labelNames.length === 0)?.value ?? null;
}
