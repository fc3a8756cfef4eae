import type { SeedReport } from "./seed_run.ts";

/** Adds up what came of many seeds. */
export class Tally {
  readonly #seeds: number;
  readonly #startMs: number;
  readonly #faults = new Map<string, number>();
  readonly #scrapes = new Map<string, number>();
  readonly #foldings = new Map<string, number>();
  readonly #failed: number[] = [];
  #done = 0;
  #virtualMs = 0;

  constructor(seeds: number, startMs: number) {
    this.#seeds = seeds;
    this.#startMs = startMs;
  }

  /** Seeds that broke a promise, ascending. */
  get failed(): readonly number[] {
    return this.#failed.toSorted((a, b) => a - b);
  }

  /** How often each kind of fault came about. */
  get faults(): ReadonlyMap<string, number> {
    return this.#faults;
  }

  /** How scrapes went. */
  get scrapes(): ReadonlyMap<string, number> {
    return this.#scrapes;
  }

  add(report: SeedReport): void {
    this.#done++;
    this.#virtualMs += report.virtualMs;
    if (report.failure !== null) this.#failed.push(report.seed);
    for (const [kind, count] of report.faults) raise(this.#faults, kind, count);
    for (const [kind, count] of Object.entries(report.scrapes)) raise(this.#scrapes, kind, count);
    for (const [kind, count] of Object.entries(report.foldings)) raise(this.#foldings, kind, count);
  }

  progress(nowMs: number): string {
    const seconds = (nowMs - this.#startMs) / 1000;
    return `${this.#done} of ${this.#seeds} seeds, ${(this.#done / seconds).toFixed(1)} seeds/s, ` +
      `${Math.round(this.#virtualMs / 1000 / seconds)} simulated seconds/s, ` +
      `${this.#failed.length} failed`;
  }

  summary(): string {
    const failed = this.#failed.length === 0 ? "none" : this.failed.join(" ");
    return [
      `faults: ${list(this.#faults)}`,
      `scrapes: ${list(this.#scrapes)}`,
      `foldings: ${list(this.#foldings)}`,
      `failing seeds: ${failed}`,
    ].join("\n");
  }
}

function raise(counts: Map<string, number>, kind: string, by: number): void {
  counts.set(kind, (counts.get(kind) ?? 0) + by);
}

function list(counts: ReadonlyMap<string, number>): string {
  return [...counts].sort(([a], [b]) => a < b ? -1 : 1).map(([kind, n]) => `${kind} ${n}`)
    .join(", ");
}
