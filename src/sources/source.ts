import { type Clock, sleep } from "../io/clock.ts";
import type { HttpClient } from "../io/http_client.ts";
import type { LogSink } from "../io/log.ts";
import type { ForeignFamily, Problem } from "./foreign_family.ts";
import type { SourceMetrics } from "./source_metrics.ts";
import type { SourceSettings } from "./source_options.ts";
import { inTurns, type Reading, readSource } from "./source_reading.ts";
import type { SourceShard } from "./source_shard.ts";
import { translate } from "./translation.ts";

/** The longest pause of a source that fails. */
const BACKOFF_MS_MAX = 300_000;
/** Of this process's time, what polling one source may take: the pause is this often the poll. */
const PAUSE_SHARE = 20;
/** While polls fail, gauges are shown so many periods after the last one that succeeded. */
const GAUGE_PERIODS = 3;
const GAUGE_MS_MIN = 3_000;
/** How long what a source's first poll found waits for the first polls of those before it. */
const TURN_MS_MAX = 1_000;
/** Problems that are told in the log, each once. */
const TOLD_PROBLEMS_MAX = 100;

/** How a source is doing. */
export interface SourceStatus {
  /** Null before the first poll. */
  readonly isUp: boolean | null;
  /** Why the last poll failed; null if it did not. */
  readonly failure: string | null;
  /** What the last exposition had that could not be taken over. */
  readonly problems: readonly string[];
}

/** What a source runs on. */
export interface SourceTools {
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly log: LogSink;
  readonly metrics: SourceMetrics;
}

/** A foreign registry or exporter that is polled into this node's shard. */
export class Source {
  readonly #settings: SourceSettings;
  readonly #tools: SourceTools;
  readonly #shard: SourceShard;
  readonly #earlier: Promise<unknown>;
  readonly #ending = new AbortController();
  readonly #firstPoll = Promise.withResolvers<void>();
  readonly #told = new Set<string>();
  #status: SourceStatus = { isUp: null, failure: null, problems: [] };
  #failures = 0;
  #succeededAtMs = -Infinity;
  #polling: Promise<void> | null = null;
  #cancel: () => void = () => {};
  #cancelHiding: () => void = () => {};

  /**
   * Made by `addSource`. `earlier` ends with the first polls of the sources before it, which so have
   * the first choice of names.
   */
  constructor(
    settings: SourceSettings,
    shard: SourceShard,
    tools: SourceTools,
    earlier: Promise<unknown>,
  ) {
    this.#settings = settings;
    this.#shard = shard;
    this.#tools = tools;
    this.#earlier = earlier;
  }

  /** Its name. */
  get name(): string {
    return this.#settings.name;
  }

  /** How it is doing. */
  get status(): SourceStatus {
    return this.#status;
  }

  /** Ends when it was polled once, whatever came of that, or was stopped. */
  get firstPoll(): Promise<void> {
    return this.#firstPoll.promise;
  }

  /** Polls now, or waits for the poll under way. Never rejects; see {@linkcode Source.status}. */
  poll(): Promise<void> {
    if (this.#ending.signal.aborted) return Promise.resolve();
    this.#cancel();
    this.#polling ??= this.#poll().finally(() => {
      this.#polling = null;
      this.#firstPoll.resolve();
    });
    return this.#polling;
  }

  /** Polls once more if the source is a registry of this process that answers. */
  async pollLastTime(): Promise<void> {
    if (this.#settings.origin.kind !== "registry" || this.#status.isUp !== true) return;
    // A poll under way may have begun before the last count.
    await this.#polling;
    await this.poll();
  }

  /** Ends polling and hides its gauges. What it counted stays. */
  async stop(): Promise<void> {
    this.#cancel();
    this.#cancelHiding();
    this.#ending.abort();
    this.#firstPoll.resolve();
    await this.#polling;
    this.#shard.hideGauges();
  }

  async #poll(): Promise<void> {
    const { clock, http, metrics } = this.#tools;
    const source = this.#settings.name;
    const startMs = clock.nowMs();
    const askedAtMs = clock.wallMs();
    const { signal } = this.#ending;
    let waitedMs = 0;
    const failure = await readSource(this.#settings, { clock, http, signal })
      .then(async (reading) => {
        waitedMs = await this.#awaitTurn();
        return await this.#take(reading, askedAtMs);
      })
      .catch((error) => `BUG: ${error}`);
    if (signal.aborted) return;
    const tookMs = clock.nowMs() - startMs - waitedMs;
    metrics.up.set({ source }, failure === null ? 1 : 0);
    metrics.duration.set({ source }, tookMs / 1000);
    metrics.failures.inc({ source }, failure === null ? 0 : 1);
    if (failure === null) this.#succeed();
    else this.#fail(failure);
    this.#cancel = clock.after(this.#pauseMs(tookMs), () => void this.poll());
  }

  /** Lets the sources before it be first where names are taken. Returns how long that took. */
  async #awaitTurn(): Promise<number> {
    if (this.#status.isUp !== null) return 0;
    const { clock } = this.#tools;
    const startMs = clock.nowMs();
    const { signal } = this.#ending;
    const ended = new AbortController();
    await Promise.race([
      this.#earlier,
      sleep(clock, TURN_MS_MAX, AbortSignal.any([signal, ended.signal])),
    ]);
    ended.abort();
    return clock.nowMs() - startMs;
  }

  /** Writes what was read. Returns what went wrong, or null. */
  async #take(reading: Reading, askedAtMs: number): Promise<string | null> {
    if (reading.kind === "failed") return reading.reason;
    if (this.#ending.signal.aborted) return "stopped";
    // What is being written must not be hidden meanwhile.
    this.#cancelHiding();
    const { clock, metrics } = this.#tools;
    const source = this.#settings.name;
    const problems: Problem[] = [];
    await inTurns(this.#takeOver(reading, askedAtMs, problems), clock);
    const samples = reading.families.reduce((count, one) => count + one.samples.length, 0);
    metrics.samples.set({ source }, samples);
    metrics.problems.set({ source }, problems.length);
    this.#status = { ...this.#status, problems };
    for (const problem of problems) this.#tellOnce(problem);
    return null;
  }

  *#takeOver(
    { families, format }: Extract<Reading, { readonly kind: "read" }>,
    askedAtMs: number,
    problems: Problem[],
  ): Generator<void, void, undefined> {
    const translated: ForeignFamily[] = [];
    for (const family of families) translated.push(...yield* translate(family, format, problems));
    const wallMs = this.#tools.clock.wallMs();
    yield* this.#shard.apply(translated, { askedAtMs, wallMs }, problems);
  }

  #succeed(): void {
    if (this.#failures > 0) {
      this.#log("info", `Source "${this.name}" answers again.`);
    }
    this.#failures = 0;
    this.#succeededAtMs = this.#tools.clock.nowMs();
    this.#status = { ...this.#status, isUp: true, failure: null };
  }

  #fail(reason: string): void {
    if (this.#failures === 0) {
      this.#log("warning", `Cannot read source "${this.name}": ${reason}`);
    }
    this.#failures++;
    this.#status = { ...this.#status, isUp: false, failure: reason };
    this.#hideGaugesInTime();
  }

  /** Hides the gauges when they are too old, which is not when a poll ends: those become ever rarer. */
  #hideGaugesInTime(): void {
    const { clock } = this.#tools;
    this.#cancelHiding();
    const keptMs = Math.max(GAUGE_MS_MIN, GAUGE_PERIODS * this.#settings.periodMs);
    const leftMs = this.#succeededAtMs + keptMs - clock.nowMs();
    if (leftMs <= 0) this.#shard.hideGauges();
    else this.#cancelHiding = clock.after(leftMs, () => this.#shard.hideGauges());
  }

  #pauseMs(tookMs: number): number {
    const { periodMs } = this.#settings;
    const backoffMs = Math.min(BACKOFF_MS_MAX, periodMs * 2 ** Math.max(0, this.#failures - 1));
    // The time of an exporter is its own; that of a registry is taken from this process.
    const isOurs = this.#settings.origin.kind === "registry";
    return Math.max(periodMs, backoffMs, isOurs ? PAUSE_SHARE * tookMs : 0);
  }

  #tellOnce(problem: Problem): void {
    if (this.#told.has(problem) || this.#told.size >= TOLD_PROBLEMS_MAX) return;
    this.#told.add(problem);
    this.#log("warning", `Source "${this.name}" is taken over in part: ${problem}.`);
  }

  #log(level: "info" | "warning", message: string): void {
    this.#tools.log.log(level, message, { source: this.name });
  }
}
