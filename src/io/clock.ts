/**
 * Time, as the rest of Muster may see it. Nothing outside `io/` reads a clock or sets a timer itself,
 * so a test can run a thousand nodes on a clock that it moves by hand.
 */
export interface Clock {
  /**
   * Milliseconds since the Unix epoch, never going back: the wall clock at the start of the process
   * plus the monotonic time since. All ages and deadlines are differences of this.
   */
  nowMs(): number;
  /**
   * The wall clock in milliseconds since the Unix epoch. May jump; only for what other machines read, and
   * to see cheaply that another millisecond has begun.
   */
  wallMs(): number;
  /** Calls `callback` once after `delayMs`; the returned function cancels that. */
  after(delayMs: number, callback: () => void): () => void;
}

/** A timer of the platform that is set to more than this fires at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** The clock of this process. */
export const systemClock: Clock = {
  nowMs: () => performance.timeOrigin + performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, callback) {
    let timer: ReturnType<typeof setTimeout>;
    const wait = (leftMs: number) => {
      const isLast = leftMs <= TIMER_MS_MAX;
      timer = setTimeout(
        isLast ? callback : () => wait(leftMs - TIMER_MS_MAX),
        isLast ? leftMs : TIMER_MS_MAX,
      );
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`, or at once when `signal` is aborted. Never rejects. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const wake = () => {
      cancel();
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const cancel = clock.after(delayMs, wake);
    signal?.addEventListener("abort", wake);
  });
}
