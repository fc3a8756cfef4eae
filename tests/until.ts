import { sleep, systemClock } from "../src/io/clock.ts";

/** How long to wait for a condition, and what to call it when it does not come. */
export interface UntilOptions {
  /** Completes "Waited … ms in vain for …". */
  readonly what: string;
  /** @default {10000} */
  readonly deadlineMs?: number;
  /** Pause between two looks. @default {20} */
  readonly everyMs?: number;
  /** Called when time is up; its text (a log, a state) ends the error. */
  readonly details?: () => string;
}

/**
 * Waits until `condition` returns something truthy, and returns that: the only place in which tests
 * wait. A condition that throws has not come yet; its last error is told when time is up.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  options: UntilOptions,
): Promise<Exclude<T, false | null | undefined | 0 | "">> {
  const { what, deadlineMs = 10_000, everyMs = 20, details } = options;
  const startMs = systemClock.nowMs();
  let lastError = "";
  while (true) {
    try {
      const value = await condition();
      if (value) return value as Exclude<T, false | null | undefined | 0 | "">;
      lastError = "";
    } catch (error) {
      lastError = `\nlast error: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (systemClock.nowMs() - startMs >= deadlineMs) {
      const more = details === undefined ? "" : `\n${details()}`;
      throw new Error(`Waited ${deadlineMs} ms in vain for ${what}.${lastError}${more}`);
    }
    await sleep(systemClock, everyMs);
  }
}
