import type { LabelledFamily } from "./labelled_family.ts";
import { DECLARED_SERIES_MAX, type LabelledOptions } from "./metric_options.ts";
import { keyOf, type LabelValue, type LabelValues } from "./label_values.ts";
import { TEXT_LENGTH_MAX } from "./names.ts";
import { received } from "./received.ts";

/**
 * Throws where the label values that a metric declares can't be had, so that nothing of it is made.
 *
 * @throws {TypeError} if a value is not allowed.
 * @throws {RangeError} if there are more combinations than {@linkcode DECLARED_SERIES_MAX}.
 */
export function checkDeclared(
  name: string,
  { labels = [], values }: Partial<Pick<LabelledOptions<string>, "labels" | "values">>,
): void {
  if (values === undefined) return;
  const declared = Object.keys(values ?? {});
  const odd = declared.find((label) => !labels.includes(label)) ??
    labels.find((label) => !declared.includes(label));
  if (odd !== undefined) {
    throw new TypeError(
      `Cannot register "${name}": values must be given for each of its labels, ${
        labels.join(", ")
      }, and for no other: received ${
        declared.includes(odd) ? `those of ${received(odd)}` : `none of ${received(odd)}`
      }`,
    );
  }
  const lists = labels.map((label) => {
    const list: unknown = values?.[label] ?? [];
    if (Array.isArray(list) && list.every(isLabelValue)) return list;
    const wrong: unknown = Array.isArray(list) ? list.find((value) => !isLabelValue(value)) : list;
    const text = keyOf(wrong);
    throw new TypeError(
      `Cannot register "${name}": values of the label "${label}" must be a list of strings, numbers ` +
        `and booleans of at most ${TEXT_LENGTH_MAX} characters: received ` +
        (Array.isArray(list) && text !== undefined
          ? `one of ${text.length} characters`
          : received(wrong)),
    );
  });
  const count = lists.reduce((product, list) => product * list.length, 1);
  if (count > DECLARED_SERIES_MAX) {
    throw new RangeError(
      `Cannot register "${name}": its values must have at most ${DECLARED_SERIES_MAX} combinations: ` +
        `received ${count}`,
    );
  }
}

/** Makes a series for every combination of the label values that are declared. */
export function declareSeries<L extends string, H extends object>(
  family: LabelledFamily<L, H>,
  { labels, values }: Pick<LabelledOptions<L>, "labels" | "values">,
): void {
  if (values === undefined) return;
  let sets: Record<string, LabelValue>[] = [{}];
  for (const label of labels) {
    sets = sets.flatMap((set) =>
      (values[label] ?? []).map((value) => ({ ...set, [label]: value }))
    );
  }
  for (const set of sets) family.labels(set as LabelValues<L>);
}

function isLabelValue(value: unknown): boolean {
  const text = keyOf(value);
  return text !== undefined && text.length <= TEXT_LENGTH_MAX;
}
