import type { Bus, Measurements, Metadata } from "../telemetry/bus.ts";

/** Events that are kept; of more, the first are forgotten. */
export const CAPTURED_MAX = 10_000;

/** An event as it was emitted. */
export interface CapturedEvent {
  /** Its full name. */
  readonly name: string;
  /** A copy of its numbers. */
  readonly measurements: Measurements;
  /** A copy of what else it carried. */
  readonly metadata: Metadata;
}

/** Keeps every event of a bus, in the order in which they were emitted. */
export class CapturedEvents {
  readonly #events: CapturedEvent[] = [];

  /** Begins to capture. */
  constructor(bus: Bus) {
    bus.attach("*", (name, measurements, metadata) => {
      if (this.#events.length >= CAPTURED_MAX) this.#events.shift();
      this.#events.push({ name, measurements: { ...measurements }, metadata: { ...metadata } });
    });
  }

  /** All events so far. */
  get all(): readonly CapturedEvent[] {
    return [...this.#events];
  }

  /** The events of one name so far. */
  named(name: string): readonly CapturedEvent[] {
    return this.#events.filter((event) => event.name === name);
  }

  /** Forgets what was captured. */
  clear(): void {
    this.#events.length = 0;
  }
}
