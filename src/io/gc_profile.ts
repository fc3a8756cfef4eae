import { GCProfiler } from "node:v8";

/** What kinds of collection V8 tells of; `other` is one that it did not know yet. */
export const GC_KINDS = [
  "scavenge",
  "minor_mark_sweep",
  "mark_sweep_compact",
  "incremental_marking",
  "process_weak_callbacks",
  "other",
] as const;

/** A kind of collection. */
export type GcKind = typeof GC_KINDS[number];

/** One collection of garbage. */
export interface Collection {
  readonly kind: GcKind;
  readonly seconds: number;
  /** What the heap shrank by; 0 where it did not. */
  readonly reclaimedBytes: number;
}

/** The names of kinds as V8 writes them. */
const KINDS: Readonly<Record<string, GcKind>> = {
  Scavenge: "scavenge",
  MinorMarkSweep: "minor_mark_sweep",
  MarkSweepCompact: "mark_sweep_compact",
  IncrementalMarking: "incremental_marking",
  ProcessWeakCallbacks: "process_weak_callbacks",
};

/** Keeps what V8 collects until somebody takes it. */
export class GcProfile {
  #profiler: GCProfiler | null = null;

  /** Begins to keep collections. */
  start(): void {
    this.#profiler ??= started();
  }

  /** The collections since the start or the last call, none where it did not start. */
  take(): Collection[] {
    if (this.#profiler === null) return [];
    const statistics = this.#profiler.stop()?.statistics ?? [];
    this.#profiler = started();
    return statistics.map(({ gcType, cost, beforeGC, afterGC }) => ({
      kind: KINDS[gcType] ?? "other",
      // Nanoseconds in Deno, where Node counts microseconds.
      seconds: cost / 1e9,
      reclaimedBytes: Math.max(
        0,
        beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize,
      ),
    }));
  }

  /** Keeps no more; what was not taken is dropped. */
  stop(): void {
    this.#profiler?.stop();
    this.#profiler = null;
  }
}

function started(): GCProfiler {
  const profiler = new GCProfiler();
  profiler.start();
  return profiler;
}
