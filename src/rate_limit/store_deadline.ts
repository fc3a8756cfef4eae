import type { Clock } from "../io/clock.ts";

/** Turns of the event loop that an answer has after the deadline, in which what is here is read. */
const LAST_TURNS = 2;
/** A timer that fires later than this is that of a process that was busy itself. */
const LATE_MS = 5;
/** So many deadlines a busy process waits at most. */
const PATIENCE = 10;

/**
 * Calls `expire` when an answer has not come in `deadlineMs`; the returned function cancels that. Time in
 * which this process was busy and could read nothing does not count: it isn't the store that was late.
 */
export function afterDeadline(clock: Clock, deadlineMs: number, expire: () => void): () => void {
  const endMs = clock.nowMs() + PATIENCE * deadlineMs;
  let cancel = () => {};
  const giveUp = (turns: number) => {
    if (turns === 0) expire();
    else cancel = clock.after(0, () => giveUp(turns - 1));
  };
  const wait = (ms: number) => {
    const dueMs = clock.nowMs() + ms;
    cancel = clock.after(ms, () => {
      const nowMs = clock.nowMs();
      const lateMs = nowMs - dueMs;
      if (lateMs > LATE_MS && nowMs < endMs) wait(Math.min(lateMs, deadlineMs));
      else giveUp(LAST_TURNS);
    });
  };
  wait(deadlineMs);
  return () => cancel();
}
