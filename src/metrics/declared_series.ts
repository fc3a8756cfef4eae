import type { LabelledFamily } from "./labelled_family.ts";
import { DECLARED_SERIES_MAX, type LabelledOptions } from "./metric_options.ts";
import type { LabelValue, LabelValues } from "./label_values.ts";

/**
 * Makes a series for every combination of the label values that are declared.
 *
 * @throws {RangeError} if there are more than {@linkcode DECLARED_SERIES_MAX}.
 */
export function declareSeries<L extends string, H extends object>(
  family: LabelledFamily<L, H>,
  name: string,
  { labels, values }: Pick<LabelledOptions<L>, "labels" | "values">,
): void {
  if (values === undefined) return;
  const count = labels.reduce((product, label) => product * (values[label]?.length ?? 0), 1);
  if (count > DECLARED_SERIES_MAX) {
    throw new RangeError(
      `Cannot register "${name}": its values must have at most ${DECLARED_SERIES_MAX} combinations: ` +
        `received ${count}`,
    );
  }
  let sets: Record<string, LabelValue>[] = [{}];
  for (const label of labels) {
    sets = sets.flatMap((set) =>
      (values[label] ?? []).map((value) => ({ ...set, [label]: value }))
    );
  }
  for (const set of sets) family.labels(set as LabelValues<L>);
}
