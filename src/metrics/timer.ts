import { isThenable } from "./thenable.ts";

/** Ends a timer: records the seconds since its start, and returns them. */
export type EndTimer = () => number;

/** The time of a registry that was handed no clock. */
export const NO_CLOCK = (): number => 0;

/**
 * Starts measuring. What it returns gives the seconds that passed.
 *
 * @throws {TypeError} by {@linkcode NO_CLOCK}: all would seem to take no time.
 */
export function startStopwatch(nowMs: () => number): () => number {
  if (nowMs === NO_CLOCK) {
    throw new TypeError(
      "Cannot time anything: the registry must have a clock: createRegistry() gives it the system's, " +
        "and new Registry({ nowMs }) any",
    );
  }
  const startMs = nowMs();
  // A clock that is wrong and goes back must not lose the observation.
  return () => Math.max(0, nowMs() - startMs) / 1000;
}

/** Starts a timer; its end hands the seconds that passed to `record`. Throws like {@linkcode startStopwatch}. */
export function startTimer(nowMs: () => number, record: (seconds: number) => void): EndTimer {
  const stopwatch = startStopwatch(nowMs);
  return () => {
    const seconds = stopwatch();
    record(seconds);
    return seconds;
  };
}

/** Runs `work` and records how long it took; with a promise, until that is settled. */
export function timed<T>(
  nowMs: () => number,
  record: (seconds: number) => void,
  work: () => T,
): T {
  const end = startTimer(nowMs, record);
  let result: T;
  try {
    result = work();
  } catch (error) {
    end();
    throw error;
  }
  if (!isThenable(result)) {
    end();
    return result;
  }
  return result.then((value) => {
    end();
    return value;
  }, (error) => {
    end();
    throw error;
  }) as T;
}
