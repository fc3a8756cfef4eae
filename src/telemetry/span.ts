import { isThenable } from "../metrics/thenable.ts";
import type { Bus, Metadata } from "./bus.ts";
import { errorName } from "./error_name.ts";

const ONCE = Object.freeze({ count: 1 });

/** See `Bus.span`. */
export function measureSpan<T>(
  bus: Pick<Bus, "emit">,
  nowMs: () => number,
  name: string,
  metadata: Metadata,
  work: () => T,
): T {
  bus.emit(`${name}.start`, ONCE, metadata);
  const startMs = nowMs();
  const measured = () => ({ count: 1, duration_ms: nowMs() - startMs });
  const stop = () => bus.emit(`${name}.stop`, measured(), metadata);
  const fail = (error: unknown) =>
    bus.emit(`${name}.exception`, measured(), { ...metadata, error: errorName(error) });
  let result: T;
  try {
    result = work();
  } catch (error) {
    fail(error);
    throw error;
  }
  if (!isThenable(result)) {
    stop();
    return result;
  }
  return result.then((value) => {
    stop();
    return value;
  }, (error) => {
    fail(error);
    throw error;
  }) as T;
}
