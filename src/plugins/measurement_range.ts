import type { EventDefinition } from "./plugin.ts";

/** What a measurement may be, with both ends. */
export interface MeasurementRange {
  readonly min: number;
  readonly max: number;
}

/** What a measurement of an event may be; see `MeasurementRule`. */
export function rangeOf(event: EventDefinition, measurement: string): MeasurementRange {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = event.measurements?.[measurement] ?? {};
  return { min, max };
}

/** Whether a value is a finite number of a range. */
export function isWithin(value: unknown, { min, max }: MeasurementRange): value is number {
  // The difference of an infinity, and of NaN, with itself is NaN.
  return typeof value === "number" && value >= min && value <= max && value - value === 0;
}
