import { received } from "./received.ts";

/**
 * The value as a finite number that is not negative, or a throw that names the metric.
 *
 * @throws {TypeError} if it is no number.
 * @throws {RangeError} if it is negative or not finite.
 */
export function refuseIncrement(metric: string, value: unknown): never {
  refuse(`Cannot increment "${metric}"`, "the value must be a finite number of at least 0", value);
}

/** Throws the error for a value that can't be stored because it is not finite. */
export function refuseNotFinite(action: string, metric: string, value: unknown): never {
  refuse(`Cannot ${action} "${metric}"`, "the value must be a finite number", value);
}

function refuse(what: string, rule: string, value: unknown): never {
  const message = `${what}: ${rule}: received ${received(value)}`;
  throw typeof value === "number" ? new RangeError(message) : new TypeError(message);
}
