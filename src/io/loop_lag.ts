import type { Clock } from "./clock.ts";

/** Time between two looks at the event loop. A block shorter than this may fall between them. */
export const LOOP_LOOK_MS = 20;

/**
 * Watches how late the event loop runs what is due, by setting a timer again and again and telling how
 * late it fired, in seconds. `monitorEventLoopDelay` of Node sees nothing of that in Deno. Returns what
 * ends it.
 */
export function watchLoopLag(clock: Clock, onLag: (seconds: number) => void): () => void {
  let cancel: () => void;
  const look = () => {
    const dueMs = clock.nowMs() + LOOP_LOOK_MS;
    cancel = clock.after(LOOP_LOOK_MS, () => {
      const lateMs = Math.max(0, clock.nowMs() - dueMs);
      // Set first: what `onLag` does must not end the watch.
      look();
      onLag(lateMs / 1000);
    });
  };
  look();
  return () => cancel();
}
