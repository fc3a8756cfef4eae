import type { Clock } from "../io/clock.ts";
import { errorText } from "../io/error_text.ts";
import { type LogSink, unfailing } from "../io/log.ts";
import { ended, isStale, NEW_POLL, type PollState, tick } from "./poll_state.ts";

/** Something that is done again and again. */
export interface Poll {
  /** For logs and metrics. */
  readonly name: string;
  /** Milliseconds from one time to the next. */
  readonly everyMs: number;
  /** It may fail. `signal` is aborted when the poller ends. */
  readonly run: (signal: AbortSignal) => void | Promise<void>;
  /** Called when what it said last is not true any more: it failed, or has been running for long. */
  readonly onStale: () => void;
}

/** How a turn of a poll went. One is skipped while the turn before it is still running. */
export type PollOutcome = "ok" | "failed" | "skipped";

/** What a poller is handed from outside. */
export interface PollerOptions {
  readonly clock: Clock;
  readonly log: LogSink;
  /** Told of each turn, to count it. */
  readonly onOutcome?: (poll: string, outcome: PollOutcome) => void;
}

interface Entry {
  readonly poll: Poll;
  state: PollState;
  isStale: boolean;
}

interface Schedule {
  readonly entries: Set<Entry>;
  cancel: () => void;
}

/**
 * Runs polls, those of one period at the same moments. A poll that fails is tried again less and less
 * often, up to every 32nd time; what goes wrong in one reaches no other.
 */
export class Poller implements Disposable {
  readonly #options: PollerOptions;
  readonly #schedules = new Map<number, Schedule>();
  readonly #ending = new AbortController();

  constructor(options: PollerOptions) {
    this.#options = { ...options, log: unfailing(options.log) };
  }

  /** Runs a poll at once and from then on each `everyMs`, until the returned function is called. */
  add(poll: Poll): () => void {
    const entry: Entry = { poll, state: NEW_POLL, isStale: false };
    if (this.#ending.signal.aborted) return () => {};
    const schedule = this.#schedules.get(poll.everyMs) ?? this.#createSchedule(poll.everyMs);
    schedule.entries.add(entry);
    this.#turn(entry);
    return () => {
      schedule.entries.delete(entry);
      if (schedule.entries.size > 0) return;
      schedule.cancel();
      this.#schedules.delete(poll.everyMs);
    };
  }

  /** Begins no further turn; the signals of those under way are aborted. */
  [Symbol.dispose](): void {
    this.#ending.abort();
    for (const { cancel } of this.#schedules.values()) cancel();
    this.#schedules.clear();
  }

  #createSchedule(everyMs: number): Schedule {
    const { clock } = this.#options;
    const schedule: Schedule = { entries: new Set(), cancel: () => {} };
    let dueMs = clock.nowMs();
    const arm = () => {
      // A process that stood still does not make up for the turns it missed.
      const missed = Math.max(0, Math.floor((clock.nowMs() - dueMs) / everyMs));
      dueMs += (missed + 1) * everyMs;
      schedule.cancel = clock.after(dueMs - clock.nowMs(), () => {
        arm();
        for (const entry of schedule.entries) this.#turn(entry);
      });
    };
    arm();
    this.#schedules.set(everyMs, schedule);
    return schedule;
  }

  #turn(entry: Entry): void {
    const { action, state } = tick(entry.state);
    entry.state = state;
    if (action === "skip") this.#options.onOutcome?.(entry.poll.name, "skipped");
    if (action === "run") void this.#run(entry);
    this.#settle(entry);
  }

  async #run(entry: Entry): Promise<void> {
    const { poll } = entry;
    const { signal } = this.#ending;
    try {
      const running = poll.run(signal);
      if (running !== undefined) await running;
      entry.state = ended(entry.state, true);
      this.#options.onOutcome?.(poll.name, "ok");
    } catch (error) {
      if (signal.aborted) return;
      entry.state = ended(entry.state, false);
      this.#options.onOutcome?.(poll.name, "failed");
      this.#tell(entry, error);
    }
    this.#settle(entry);
  }

  #settle(entry: Entry): void {
    const stale = isStale(entry.state);
    if (stale && !entry.isStale) entry.poll.onStale();
    entry.isStale = stale;
  }

  /** The first failure of a row alone: the metric counts the rest. */
  #tell({ poll: { name }, state }: Entry, error: unknown): void {
    if (state.failures !== 1) return;
    const sentence = `The poll ${name} failed; its gauges are hidden until it works again.`;
    this.#options.log.log("warning", sentence, { poll: name, error: errorText(error) });
  }
}
