import type { LabelledFamily } from "./labelled_family.ts";
import type { LabelValues } from "./label_values.ts";
import { type EndTimer, startStopwatch } from "./timer.ts";

/**
 * Ends a timer of a family: with the labels `R` that its start was not given, such as a status that is
 * known only by then. Records the seconds since the start, and returns them.
 *
 * A label that the start was given is the end's where both have it. A `TypeError` is thrown, and
 * nothing recorded, if a label is missing, unknown, or not a string, number or boolean.
 */
export type EndFamilyTimer<R extends string> = [R] extends [never] ? EndTimer
  : (labels: LabelValues<R>) => number;

/**
 * Starts a timer of a family. Given all labels it is that of their series, which is made at once; else
 * its end hands all of them and the seconds that passed to `record`.
 *
 * @throws {TypeError} if a label is unknown or its value not allowed, or there is no clock.
 */
export function startFamilyTimer<L extends string, K extends L>(
  family: LabelledFamily<L, { startTimer(): EndTimer }>,
  nowMs: () => number,
  labels: LabelValues<K> | undefined,
  record: (labels: LabelValues<L>, seconds: number) => void,
): EndFamilyTimer<Exclude<L, K>> {
  const begun: Readonly<Record<string, unknown>> = labels ?? {};
  let end: (rest?: object) => number;
  if (family.hasAllOf(begun)) {
    // What else its end is called with, as by an event, is none of its labels.
    end = family.labels(begun).startTimer();
  } else {
    family.checkSome(begun);
    const stopwatch = startStopwatch(nowMs);
    end = (rest) => {
      const seconds = stopwatch();
      record({ ...begun, ...rest } as LabelValues<L>, seconds);
      return seconds;
    };
  }
  return end as EndFamilyTimer<Exclude<L, K>>;
}
