import { ADAPTER_FAILED } from "../../src/telemetry/adapter_failed.ts";
import { silentLog } from "../../src/io/log.ts";
import { type Bus, createBus, type Measurements, type Metadata } from "../../src/telemetry/bus.ts";

/** An event, as a test compares it. */
export type HeardEvent = readonly [name: string, measurements: Measurements, metadata: Metadata];

/** A bus, and everything that was told on it. */
export class HeardEvents {
  readonly bus: Bus = createBus(silentLog);
  readonly all: HeardEvent[] = [];

  constructor() {
    this.bus.attach("*", (name, measurements, metadata) => {
      this.all.push([name, measurements, metadata]);
    });
  }

  /** The events of a name. */
  of(name: string): HeardEvent[] {
    return this.all.filter(([heard]) => heard === name);
  }

  /** The names of all events that are of a plugin, in order. */
  names(prefix: string): string[] {
    return this.all.map(([name]) => name).filter((name) => name.startsWith(prefix));
  }

  /** What failed in the adapters themselves. */
  get failures(): string[] {
    return this.of(ADAPTER_FAILED).map(([, , { error }]) => String(error));
  }
}
