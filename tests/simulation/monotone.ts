import type { IncarnationId } from "../../src/cluster/identity.ts";

/** What an answer showed. */
export interface Shown {
  /** Operations by incarnation. */
  readonly operations: ReadonlyMap<IncarnationId, number>;
  readonly samples: ReadonlyMap<string, number>;
}

/** Whether a sample may only grow. */
function isGrowing(key: string): boolean {
  return key.startsWith("sim_work_") || key.startsWith("sim_requests_") ||
    key.startsWith("sim_latency");
}

/**
 * The first total of `now` that is below the one `before`, as a sentence; null where none is, or where
 * `now` knows less of any incarnation, which is for others to judge.
 */
export function fallOf(before: Shown, now: Shown): string | null {
  for (const [incarnation, count] of before.operations) {
    if ((now.operations.get(incarnation) ?? 0) < count) return null;
  }
  for (const [key, value] of before.samples) {
    if (!isGrowing(key)) continue;
    // A series may be known before anything of it is published.
    const later = now.samples.get(key) ?? 0;
    if (later < value) return `${key} fell from ${value} to ${later}`;
  }
  return null;
}
