import type { SeriesVisibility } from "./series_visibility.ts";
import { isThenable } from "./thenable.ts";

/** A collect that is still running after so many further stamps has nothing true to show any more. */
export const STALE_AFTER_SKIPS = 30;

interface Collector {
  readonly name: string;
  /** The numbers that the layout has its families under. */
  readonly families: () => readonly number[];
  readonly collect: () => unknown;
  isMuted: boolean;
  isRunning: boolean;
  /** Stamps, in a row, that passed while it was running. */
  skips: number;
}

/**
 * Sets metrics right before they are published. One that throws hides its own families alone. One that
 * gives a promise is shown once that is fulfilled, and is not called again before.
 */
export class Collectors {
  readonly #visibility: SeriesVisibility;
  readonly #onError: (family: string, error: unknown) => void;
  readonly #collectors: Collector[] = [];

  constructor(
    visibility: SeriesVisibility,
    onError: (family: string, error: unknown) => void,
  ) {
    this.#visibility = visibility;
    this.#onError = onError;
  }

  /** Adds what sets a metric, which the layout has under the given numbers. */
  add(name: string, families: () => readonly number[], collect: () => unknown): void {
    // Nothing is true of a metric that was not collected yet.
    const isMuted = true;
    this.#collectors.push({ name, families, collect, isMuted, isRunning: false, skips: 0 });
  }

  /** Has every metric set. */
  run(): void {
    for (const collector of this.#collectors) {
      if (collector.isRunning) {
        collector.skips++;
        if (collector.skips >= STALE_AFTER_SKIPS) collector.isMuted = true;
      } else this.#call(collector);
      for (const family of collector.families()) this.#visibility.mute(family, collector.isMuted);
    }
  }

  #call(collector: Collector): void {
    try {
      const result = collector.collect();
      if (!isThenable(result)) {
        collector.isMuted = false;
        return;
      }
      collector.isRunning = true;
      collector.skips = 0;
      // Its rejection would end the process if nobody heard of it.
      Promise.resolve(result).then(
        () => {
          collector.isRunning = false;
          collector.isMuted = false;
        },
        (error: unknown) => {
          collector.isRunning = false;
          this.#fail(collector, error);
        },
      );
    } catch (error) {
      this.#fail(collector, error);
    }
  }

  #fail(collector: Collector, error: unknown): void {
    collector.isMuted = true;
    try {
      this.#onError(collector.name, error);
    } catch {
      // Whoever is told must not keep the other metrics from being published.
    }
  }
}
