/** Runs at once. A caller that would need another one waits. */
const RUNS_MAX = 4;

/**
 * Runs `run` for its callers and lets them share the next one, never one under way: what a caller gets
 * began after it asked. A shared run keeps the earliest deadline of its callers. A second run begins
 * beside another only for a caller whose deadline comes before that of all under way: it might wait
 * longer for them than it can.
 */
export class SharedRun<T> {
  readonly #run: (deadlineMs: number) => Promise<T>;
  /** What is under way, with its deadlines. */
  readonly #running = new Map<Promise<T>, number>();
  #next: Promise<T> | null = null;
  #nextDeadlineMs = Infinity;

  constructor(run: (deadlineMs: number) => Promise<T>) {
    this.#run = run;
  }

  /** The result of a run that begins now or later. Rejects where `run` does. */
  join(deadlineMs: number): Promise<T> {
    const running = [...this.#running.keys()];
    // Between the end of one run and the begin of the next, there is a next one and none under way.
    if (running.length === 0 && this.#next === null) return this.#begin(deadlineMs);
    const isHurried = [...this.#running.values()].every((otherMs) => deadlineMs < otherMs);
    if (isHurried && running.length > 0 && running.length < RUNS_MAX) {
      return this.#begin(deadlineMs);
    }
    this.#nextDeadlineMs = Math.min(this.#nextDeadlineMs, deadlineMs);
    this.#next ??= Promise.race(running).then(() => {}, () => {}).then(() => {
      const earliest = this.#nextDeadlineMs;
      this.#next = null;
      this.#nextDeadlineMs = Infinity;
      return this.#begin(earliest);
    });
    return this.#next;
  }

  #begin(deadlineMs: number): Promise<T> {
    const run = this.#run(deadlineMs).finally(() => this.#running.delete(run));
    this.#running.set(run, deadlineMs);
    return run;
  }
}
