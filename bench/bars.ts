import type { Bar } from "./comparison.ts";

/** The contender that nearly every bar is measured against. */
export const PROM_CLIENT = "prom-client";

/** The SDK with its Prometheus exporter's serializer. */
export const OPEN_TELEMETRY = "OpenTelemetry";

/** The cache that Muster's is built on. */
export const LRU_CACHE = "lru-cache";

/** Muster has to take so many times less than a contender. */
export function timesLess(times: number, against: string = PROM_CLIENT): Bar {
  return { against, kind: "less", times };
}

/** Muster may take at most so many times what a contender takes. */
export function within(times: number, against: string): Bar {
  return { against, kind: "within", times };
}

/** Muster may take at most so many units, whatever others take. */
export function atMost(units: number): Bar {
  return { against: "Muster", kind: "at_most", times: units };
}
