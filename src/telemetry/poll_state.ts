/** Beyond so many periods a poll that keeps failing is not put off further. */
export const BACKOFF_TICKS_MAX = 32;
/** A poll that is still running after so many further ticks has nothing true to say any more. */
export const STALE_AFTER_SKIPS = 3;

/** Where one poll stands between two ticks of its period. */
export interface PollState {
  readonly isRunning: boolean;
  /** Failures in a row. */
  readonly failures: number;
  /** Ticks that passed over it, in a row, because it was still running. */
  readonly skips: number;
  /** Ticks that it sits out because it failed. */
  readonly waitTicks: number;
}

/** A poll that has not run yet. */
export const NEW_POLL: PollState = { isRunning: false, failures: 0, skips: 0, waitTicks: 0 };

/** What a tick does with a poll. */
export type TickAction = "run" | "skip" | "wait";

/** A tick of the period. */
export function tick(state: PollState): { readonly action: TickAction; readonly state: PollState } {
  if (state.isRunning) return { action: "skip", state: { ...state, skips: state.skips + 1 } };
  if (state.waitTicks > 0) {
    return { action: "wait", state: { ...state, waitTicks: state.waitTicks - 1 } };
  }
  return { action: "run", state: { ...state, isRunning: true, skips: 0 } };
}

/** The poll came to its end. After a failure it is tried again at the next tick, then the second, the fourth. */
export function ended(state: PollState, isSuccess: boolean): PollState {
  if (isSuccess) return NEW_POLL;
  const failures = state.failures + 1;
  const waitTicks = Math.min(BACKOFF_TICKS_MAX, 2 ** (failures - 1)) - 1;
  return { isRunning: false, failures, skips: 0, waitTicks };
}

/** Whether what the poll read last must not be shown any more. */
export function isStale({ failures, skips }: PollState): boolean {
  return failures > 0 || skips >= STALE_AFTER_SKIPS;
}
