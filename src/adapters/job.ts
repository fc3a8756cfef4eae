import { type Clock, systemClock } from "../io/clock.ts";
import type { Bus } from "../telemetry/bus.ts";
import { errorName } from "../telemetry/error_name.ts";
import { guarded, type Telemetry } from "./adapter_guard.ts";
import { isThenable } from "../metrics/thenable.ts";

/** What a queue knows of one run of a job, by the wall clock in milliseconds since the Unix epoch. */
export interface JobFacts {
  /** When it was put into the queue. Default: how long it was there is not measured. */
  readonly enqueuedAtMs?: number;
  /** When it was due. Default: how late it began is not measured. */
  readonly scheduledAtMs?: number;
  /** Which attempt this is, from 1 on. Default: one more than the failures in a row before it. */
  readonly attempt?: number;
  /** How many attempts there may be; the failure of the last one counts as `discarded`. Default: any. */
  readonly attemptsMax?: number;
}

/** How a job is measured. */
export interface JobOptions<A extends readonly unknown[]> {
  /** Its name in labels. */
  readonly worker: string;
  /** The queue that it comes from. Default: `default`. */
  readonly queue?: string;
  /** What its arguments tell of a run. Default: nothing. */
  readonly facts?: (...args: A) => JobFacts;
  /** Default: the clock of this process. */
  readonly clock?: Clock;
}

/**
 * The same function, measured for the plugin `jobs`: how long its runs took, how long they waited in
 * their queue and after they were due, how many attempts they needed, and what failed. It does and
 * returns what the function does, also where measuring fails. For handlers of `Deno.cron` and of
 * queues, and for any function that does some work.
 *
 * @example
 * ```ts
 * import { measureJob, startMuster } from "@muster/muster";
 *
 * await using muster = await startMuster({
 *   settings: { METRICS_PORT: "0", METRICS_LISTEN_HOST: "127.0.0.1" },
 * });
 * interface Mail {
 *   readonly queuedAt: Date;
 *   readonly attempt: number;
 * }
 * const send = measureJob(muster, {
 *   worker: "send_mail",
 *   queue: "mail",
 *   facts: (mail: Mail) => ({ enqueuedAtMs: mail.queuedAt.getTime(), attempt: mail.attempt }),
 * }, async (mail: Mail) => {});
 * await send({ queuedAt: new Date(), attempt: 1 });
 * ```
 */
export function measureJob<A extends readonly unknown[], R>(
  { bus }: Telemetry,
  options: JobOptions<A>,
  work: (...args: A) => R,
): (...args: A) => R {
  const job = new MeasuredJob(bus, options);
  return (...args) => job.run(args, work);
}

class MeasuredJob<A extends readonly unknown[]> {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #labels: { readonly queue: string; readonly worker: string };
  readonly #factsOf: (...args: A) => JobFacts;
  #failuresInRow = 0;

  constructor(bus: Bus, options: JobOptions<A>) {
    const { worker, queue = "default", facts = () => ({}), clock = systemClock } = options;
    this.#bus = bus;
    this.#clock = clock;
    this.#labels = { queue, worker };
    this.#factsOf = facts;
  }

  run<R>(args: A, work: (...args: A) => R): R {
    const run = this.#begin(args);
    let result: R;
    try {
      result = work(...args);
    } catch (error) {
      this.#fail(run, error);
      throw error;
    }
    if (!isThenable(result)) {
      this.#stop(run);
      return result;
    }
    return result.then((value: unknown) => {
      this.#stop(run);
      return value;
    }, (error: unknown) => {
      this.#fail(run, error);
      throw error;
    }) as R;
  }

  #begin(args: A): Run {
    let facts: JobFacts = {};
    guarded(this.#bus, "jobs", () => facts = this.#factsOf(...args));
    const { enqueuedAtMs, scheduledAtMs, attempt = this.#failuresInRow + 1 } = facts;
    const wallMs = this.#clock.wallMs();
    this.#bus.emit("jobs.start", {
      count: 1,
      ...(enqueuedAtMs === undefined ? {} : { queue_ms: Math.max(0, wallMs - enqueuedAtMs) }),
      ...(scheduledAtMs === undefined ? {} : { wait_ms: Math.max(0, wallMs - scheduledAtMs) }),
    }, this.#labels);
    return { startMs: this.#clock.nowMs(), attempt, attemptsMax: facts.attemptsMax ?? Infinity };
  }

  #stop(run: Run): void {
    this.#failuresInRow = 0;
    this.#bus.emit("jobs.stop", {
      run_ms: this.#clock.nowMs() - run.startMs,
      attempts: run.attempt,
      at_ms: this.#clock.wallMs(),
    }, { ...this.#labels, state: "success" });
  }

  #fail(run: Run, error: unknown): void {
    this.#failuresInRow++;
    this.#bus.emit("jobs.exception", {
      run_ms: this.#clock.nowMs() - run.startMs,
      attempts: run.attempt,
    }, {
      ...this.#labels,
      state: run.attempt >= run.attemptsMax ? "discarded" : "failure",
      error: errorName(error),
    });
  }
}

interface Run {
  readonly startMs: number;
  readonly attempt: number;
  readonly attemptsMax: number;
}
