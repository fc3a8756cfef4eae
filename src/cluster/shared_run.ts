/**
 * Runs at most one `run` at a time and lets callers share the next one, never the one under way: what
 * a caller gets began after it asked. A shared run keeps the earliest deadline of its callers.
 */
export class SharedRun<T> {
  readonly #run: (deadlineMs: number) => Promise<T>;
  #current: Promise<T> | null = null;
  #next: Promise<T> | null = null;
  #nextDeadlineMs = Infinity;

  constructor(run: (deadlineMs: number) => Promise<T>) {
    this.#run = run;
  }

  /** The result of a run that begins now or later. Rejects where `run` does. */
  join(deadlineMs: number): Promise<T> {
    // Between the end of one run and the begin of the next, there is a next one and no current.
    if (this.#current === null && this.#next === null) return this.#begin(deadlineMs);
    this.#nextDeadlineMs = Math.min(this.#nextDeadlineMs, deadlineMs);
    this.#next ??= this.#current!.then(() => {}, () => {}).then(() => {
      const earliest = this.#nextDeadlineMs;
      this.#next = null;
      this.#nextDeadlineMs = Infinity;
      return this.#begin(earliest);
    });
    return this.#next;
  }

  #begin(deadlineMs: number): Promise<T> {
    const run = this.#run(deadlineMs).finally(() => {
      if (this.#current === run) this.#current = null;
    });
    this.#current = run;
    return run;
  }
}
