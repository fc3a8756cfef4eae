import { ADAPTER_FAILED } from "../telemetry/adapter_failed.ts";
import type { Bus } from "../telemetry/bus.ts";

/** What of Muster an adapter needs: where its events go. `startMuster` gives such an object. */
export interface Telemetry {
  /** Where events are emitted. */
  readonly bus: Bus;
}

/** The adapters, for {@linkcode ADAPTER_FAILED}. */
export type AdapterName = "http" | "pg" | "sqlite" | "websocket" | "live" | "sse" | "jobs";

/**
 * Does what only measures. If it fails, that is told on the bus, and whoever is measured goes on as
 * if nobody had looked.
 */
export function guarded(bus: Bus, adapter: AdapterName, measure: () => void): void {
  try {
    measure();
  } catch (error) {
    bus.emit(ADAPTER_FAILED, { count: 1 }, { adapter, error });
  }
}
